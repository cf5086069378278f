#pragma once
// A made-up dancer with known habits, and the beat align score by its definition, for the tests of the
// finish.

#include <algorithm>
#include <cmath>
#include <vector>

#include "motion/clip.h"
#include "motion/kinematics.h"

namespace terpsi::test {

// Arms, spine and knees swing to and fro; they stand still (speed minima) at times late + k * period / 2. The
// pelvis goes from side to side and travels at `travel` m/s along x.
inline motion::Clip swinging(std::size_t frames, double period, double late, double travel = 0) {
  motion::Clip clip;
  clip.frames.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / 30;
    const auto swing = static_cast<float>(std::cos(2 * 3.14159265358979 * (t - late) / period));
    motion::Frame& f = clip.frames[i];
    const auto turn = [&](int joint, float angle, const motion::Vec3& axis) {
      f.rotations[static_cast<std::size_t>(joint)] = motion::Quat(Eigen::AngleAxisf(angle, axis));
    };
    turn(motion::kLShoulder, 0.9f * swing - 0.6f, motion::Vec3::UnitZ());
    turn(motion::kRShoulder, 0.9f * swing + 0.6f, motion::Vec3::UnitZ());
    turn(motion::kLElbow, 0.5f * swing, motion::Vec3::UnitY());
    turn(motion::kRElbow, 0.5f * swing, motion::Vec3::UnitY());
    turn(motion::kSpine1, 0.1f * swing, motion::Vec3::UnitX());
    turn(motion::kNeck, 0.2f * swing, motion::Vec3::UnitX());
    f.root.x() = 0.03f * swing + static_cast<float>(travel * t);
    f.contacts = {1, 1, 1, 1};
  }
  return clip;
}

// Steady speed: the arms circle, no minima.
inline motion::Clip circling(std::size_t frames) {
  motion::Clip clip;
  clip.frames.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto angle = static_cast<float>(i) * 0.12f;
    for (int joint : {motion::kLShoulder, motion::kRShoulder}) {
      clip.frames[i].rotations[static_cast<std::size_t>(joint)] = motion::Quat(
          Eigen::AngleAxisf(angle, motion::Vec3::UnitX()) * Eigen::AngleAxisf(0.8f, motion::Vec3::UnitZ()));
    }
    clip.frames[i].contacts = {1, 1, 1, 1};
  }
  return clip;
}

// Times of strict local minima of the mean joint speed after Gaussian smoothing of 83.3 ms (metrics.md: BAS),
// seconds.
inline std::vector<double> dance_beats_of(const motion::Clip& clip) {
  std::vector<double> v;
  for (std::size_t i = 0; i + 1 < clip.size(); ++i) {
    const auto a = motion::joint_positions(clip.frames[i]), b = motion::joint_positions(clip.frames[i + 1]);
    double sum = 0;
    for (std::size_t j = 0; j < motion::kJoints; ++j) sum += static_cast<double>((b[j] - a[j]).norm());
    v.push_back(sum);
  }
  std::vector<double> smooth(v.size());
  const auto n = static_cast<int>(v.size());
  for (int i = 0; i < n; ++i) {
    double sum = 0, weights = 0;
    for (int j = -10; j <= 10; ++j) {
      const double w = std::exp(-0.5 * j * j / (2.5 * 2.5));
      sum += w * v[static_cast<std::size_t>(std::clamp(i + j, 0, n - 1))], weights += w;
    }
    smooth[static_cast<std::size_t>(i)] = sum / weights;
  }
  std::vector<double> out;
  for (std::size_t i = 1; i + 1 < smooth.size(); ++i) {
    if (smooth[i] < smooth[i - 1] && smooth[i] < smooth[i + 1])
      out.push_back((static_cast<double>(i) + 0.5) / 30);
  }
  return out;
}

inline double beat_align_score(const motion::Clip& clip, const std::vector<double>& beats) {
  const std::vector<double> dance = dance_beats_of(clip);
  double sum = 0;
  for (double b : beats) {
    double nearest = 1e9;
    for (double d : dance) nearest = std::min(nearest, std::abs(d - b));
    sum += std::exp(-nearest * nearest / (2 * 0.05 * 0.05));
  }
  return beats.empty() ? 0 : sum / static_cast<double>(beats.size());
}

inline std::vector<double> regular(double first, double period, double end) {
  std::vector<double> out;
  for (double t = first; t < end; t += period) out.push_back(t);
  return out;
}

}  // namespace terpsi::test
