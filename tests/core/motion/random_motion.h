#pragma once
// Small deterministic motions for tests.

#include <cmath>
#include <random>

#include "motion/clip.h"

namespace terpsi::motion::testing {

inline Quat random_rotation(std::mt19937& random) {
  std::normal_distribution<float> normal;
  Quat q(normal(random), normal(random), normal(random), normal(random));
  return q.normalized();
}

inline Frame random_frame(std::mt19937& random) {
  std::uniform_real_distribution<float> place(-2, 2), share(0, 1);
  Frame frame;
  frame.root = {place(random), place(random), place(random)};
  for (Quat& q : frame.rotations) q = random_rotation(random);
  for (float& c : frame.contacts) c = share(random);
  return frame;
}

inline Quat turn(float angle, const Vec3& axis) {
  return Quat(Eigen::AngleAxisf(angle, axis));
}

// A dancer who bends both knees, rocks from side to side, swings the arms and turns slowly; smooth, 30 fps,
// feet roughly at their places.
inline Clip dancing(std::size_t frames, float turn_per_second = 0.3f) {
  Clip clip;
  clip.frames.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    Frame& f = clip.frames[i];
    const float t = static_cast<float>(i) / 30.f;
    const float bend = 0.3f * (1 - std::cos(2 * 3.14159265f * t)), sway = 0.1f * std::sin(3.14159265f * t);
    f.root = {0.1f * sway, 0.93f - 0.785f * (1 - std::cos(bend)), 0};
    f.rotations[kPelvis] = turn(turn_per_second * t, Vec3::UnitY());
    for (const int hip : {kLHip, kRHip})
      f.rotations[static_cast<std::size_t>(hip)] = turn(-bend, Vec3::UnitX());
    for (const int knee : {kLKnee, kRKnee})
      f.rotations[static_cast<std::size_t>(knee)] = turn(2 * bend, Vec3::UnitX());
    for (const int ankle : {kLAnkle, kRAnkle})
      f.rotations[static_cast<std::size_t>(ankle)] = turn(-bend, Vec3::UnitX());
    f.rotations[kSpine1] = turn(sway, Vec3::UnitZ());
    f.rotations[kLShoulder] = turn(-1.0f + 0.5f * std::sin(6 * t), Vec3::UnitZ());
    f.rotations[kRShoulder] = turn(1.0f - 0.5f * std::sin(6 * t), Vec3::UnitZ());
    f.rotations[kLElbow] = turn(-0.8f - 0.4f * std::sin(5 * t), Vec3::UnitY());
    f.rotations[kRElbow] = turn(0.8f + 0.4f * std::cos(5 * t), Vec3::UnitY());
  }
  return clip;
}

// Largest distance between the same joint of two clips' frame i, metres.
template <class A, class B>
float largest_distance(const A& a, const B& b) {
  float most = 0;
  for (std::size_t j = 0; j < kJoints; ++j) most = std::max(most, (a[j] - b[j]).norm());
  return most;
}

}  // namespace terpsi::motion::testing
