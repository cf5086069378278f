#include "generate/finish/opening.h"

#include <cmath>
#include <numbers>

#include "base/curves.h"
#include "generate/finish/breathing.h"
#include "generate/finish/frame_blend.h"
#include "motion/heading.h"
#include "motion/kinematics.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat, motion::Vec3;

constexpr float kBreath = 0.6f;  // calmer than after the dance

Quat about(const Vec3& axis, float degrees) {
  return Quat(Eigen::AngleAxisf(degrees * 3.14159265f / 180.f, axis));
}

Frame make_standing_pose() {
  using namespace motion;
  Frame f;
  const Vec3 x = Vec3::UnitX(), y = Vec3::UnitY(), z = Vec3::UnitZ();
  // Thighs a little out and forward, shins back, soles flat; the left side, then its mirror image.
  const auto leg = [&](int hip, int knee, int ankle, float side) {
    f.rotations[static_cast<std::size_t>(hip)] = about(z, 4.f * side) * about(x, -9.f);
    f.rotations[static_cast<std::size_t>(knee)] = about(x, 16.f);
    f.rotations[static_cast<std::size_t>(ankle)] = about(x, -7.f) * about(z, -4.f * side);
  };
  leg(kLHip, kLKnee, kLAnkle, 1.f);
  leg(kRHip, kRKnee, kRAnkle, -1.f);
  const auto arm = [&](int shoulder, int elbow, float side) {
    f.rotations[static_cast<std::size_t>(shoulder)] = about(z, -74.f * side) * about(y, -8.f * side);
    f.rotations[static_cast<std::size_t>(elbow)] = about(y, -24.f * side);
  };
  arm(kLShoulder, kLElbow, 1.f);
  arm(kRShoulder, kRElbow, -1.f);
  f.rotations[kSpine1] = about(x, 3.f);
  f.rotations[kNeck] = about(x, -2.f);
  f.contacts.fill(1.f);
  const JointPositions p = joint_positions(f);
  f.root.y() -= 0.5f * (p[kLFoot].y() + p[kRFoot].y()) - kFootRestHeight;
  return f;
}

}  // namespace

Frame standing_pose() {
  static const Frame kPose = make_standing_pose();
  return kPose;
}

void open_dance(motion::Clip& clip, double alive_from, double alive_by) {
  if (!(alive_from < alive_by) || !std::isfinite(alive_from) || !std::isfinite(alive_by)) return;
  if (clip.frames.empty() || !(clip.fps > 0.f)) return;
  Frame stance = standing_pose();
  const auto home = static_cast<double>(motion::front_of(clip.frames[0].rotations[0]));
  stance.root.x() = clip.frames[0].root.x();
  stance.root.z() = clip.frames[0].root.z();
  double away =
      0;  // radians by which the dance looks away from `home`; more than half a turn once it is alive
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(clip.fps);
    if (t >= alive_by) return;
    const double w = minimum_jerk((t - alive_from) / (alive_by - alive_from));
    Frame& frame = clip.frames[i];
    const auto look = static_cast<double>(motion::front_of(frame.rotations[0]));
    if (t <= alive_from) away = 0;
    away += std::remainder(look - home - away, 2 * std::numbers::pi);
    // Both look the same way, so that a dance that faces the other way is reached by turning, not by a flip.
    const double front = home + w * away;
    Frame standing = stance;
    standing.rotations[0] = motion::turned(front) * stance.rotations[0];
    frame.rotations[0] = motion::turned(front - look) * frame.rotations[0];
    add_breath(standing, t, kBreath);
    frame = blended(standing, frame, static_cast<float>(w));
  }
}

}  // namespace terpsi::generate
