#include "body.h"

#include <algorithm>
#include <cmath>

#include "motion/heading.h"

namespace terpsi::view {
namespace {

using namespace motion;

Frame sample_frame(const Clip& clip, double time) {
  const double at =
      std::clamp(time * static_cast<double>(clip.fps), 0.0, static_cast<double>(clip.size() - 1));
  const auto first = static_cast<std::size_t>(at);
  const std::size_t second = std::min(first + 1, clip.size() - 1);
  const auto share = static_cast<float>(at - static_cast<double>(first));
  const Frame& a = clip.frames[first];
  const Frame& b = clip.frames[second];
  Frame mixed;
  mixed.root = a.root + (b.root - a.root) * share;
  for (std::size_t j = 0; j < kJoints; ++j) mixed.rotations[j] = a.rotations[j].slerp(share, b.rotations[j]);
  return mixed;
}

Frame idle_frame(double seconds) {
  const auto turned = [](float angle, const Vec3& axis) { return Quat(Eigen::AngleAxisf(angle, axis)); };
  const auto breath = static_cast<float>(std::sin(seconds * 1.5));
  const auto sway = static_cast<float>(std::sin(seconds * 0.62));
  const float down = 1.22f;    // arms from the T-pose to the sides, radians
  const float stance = 0.07f;  // legs apart, radians
  Frame frame;
  frame.root += Vec3(0.012f * sway, -0.004f, 0.f);
  auto& r = frame.rotations;
  r[kPelvis] = turned(-0.016f * sway, Vec3::UnitZ());
  r[kLHip] = turned(stance + 0.004f * sway, Vec3::UnitZ()) * turned(0.12f, Vec3::UnitY());
  r[kRHip] = turned(-stance + 0.004f * sway, Vec3::UnitZ()) * turned(-0.12f, Vec3::UnitY());
  r[kLAnkle] = turned(-stance, Vec3::UnitZ());
  r[kRAnkle] = turned(stance, Vec3::UnitZ());
  r[kSpine2] = turned(0.016f * sway, Vec3::UnitZ());
  r[kSpine3] = turned(-0.012f * breath, Vec3::UnitX());
  r[kHead] = turned(0.05f * sway, Vec3::UnitY()) * turned(-0.02f * breath, Vec3::UnitX());
  r[kLShoulder] = turned(-down - 0.015f * breath, Vec3::UnitZ());
  r[kRShoulder] = turned(down + 0.015f * breath, Vec3::UnitZ());
  r[kLElbow] = turned(-0.28f, Vec3::UnitY());
  r[kRElbow] = turned(0.28f, Vec3::UnitY());
  return frame;
}

}  // namespace

motion::Pose sample(const Clip& clip, double time) {
  return world_pose(sample_frame(clip, time));
}

motion::Pose calmed(const Clip& clip, double time, float calm, double seconds) {
  Frame frame = sample_frame(clip, time);
  if (calm > 0) {
    const Frame still = idle_frame(seconds);
    const Quat facing = motion::turned(motion::heading_of(frame.rotations[kPelvis]));
    frame.root.y() += (still.root.y() - frame.root.y()) * calm;
    for (std::size_t j = 0; j < kJoints; ++j) {
      const Quat wanted = j == kPelvis ? facing * still.rotations[j] : still.rotations[j];
      frame.rotations[j] = frame.rotations[j].slerp(calm, wanted);
    }
  }
  return world_pose(frame);
}

motion::Pose idle_pose(double seconds) {
  return world_pose(idle_frame(seconds));
}

}  // namespace terpsi::view
