#include "format/motion_curves.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "motion/kinematics.h"

namespace terpsi::format {
namespace {

using motion::kJoints, motion::Quat, motion::Vec3;

constexpr float kShortestLimb = 0.08f;  // metres, so that the orientation of hands, feet and head is kept too

// The rotation vector of q nearest to `near` (adding whole turns where needed).
Vec3 rotation_vector(const Quat& q, const Vec3& near) {
  const Vec3 v = q.vec();
  const float s = v.norm();
  const float angle = 2.f * std::atan2(s, q.w());
  const float turn = 2.f * std::numbers::pi_v<float>;
  if (s < 1e-7f) {
    // No axis: any whole number of turns about the direction we come from.
    const float length = near.norm();
    return length < 1e-3f ? Vec3(Vec3::Zero()) : Vec3(near * (turn * std::round(length / turn) / length));
  }
  const Vec3 axis = v / s;
  const float turns = std::round((near.dot(axis) - angle) / turn);
  return axis * (angle + turn * std::clamp(turns, -1000.f, 1000.f));
}

Quat rotation_of(const Vec3& v) {
  const float angle = v.norm();
  if (angle < 1e-9f) return Quat::Identity();
  const Vec3 axis = v * (std::sin(0.5f * angle) / angle);
  return Quat(std::cos(0.5f * angle), axis.x(), axis.y(), axis.z()).normalized();
}

}  // namespace

const std::array<float, kCurves>& leverage() {
  static const std::array<float, kCurves> kLeverage = [] {
    std::array<float, kCurves> out;
    out.fill(1.f);
    const motion::JointPositions& rest = motion::rest_positions();
    for (std::size_t j = 0; j < kJoints; ++j) {
      float reach = kShortestLimb;
      for (std::size_t k = 0; k < kJoints; ++k) {
        bool carried = false;
        for (int up = static_cast<int>(k); up >= 0; up = motion::kParents[static_cast<std::size_t>(up)]) {
          carried = carried || up == static_cast<int>(j);
        }
        if (carried) reach = std::max(reach, (rest[k] - rest[j]).norm());
      }
      for (std::size_t axis = 0; axis < 3; ++axis) out[3 + 3 * j + axis] = reach;
    }
    return out;
  }();
  return kLeverage;
}

Curves curves_of(const motion::Clip& clip) {
  Curves curves;
  for (auto& curve : curves) curve.resize(clip.size());
  std::array<Vec3, kJoints> previous;
  previous.fill(Vec3::Zero());
  for (std::size_t i = 0; i < clip.size(); ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis)
      curves[axis][i] = clip.frames[i].root[static_cast<Eigen::Index>(axis)];
    for (std::size_t j = 0; j < kJoints; ++j) {
      previous[j] = rotation_vector(clip.frames[i].rotations[j], previous[j]);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        curves[3 + 3 * j + axis][i] = previous[j][static_cast<Eigen::Index>(axis)];
      }
    }
  }
  return curves;
}

motion::Frame frame_of(const Curves& curves, std::size_t i) {
  motion::Frame frame;
  frame.root = Vec3(curves[0][i], curves[1][i], curves[2][i]);
  for (std::size_t j = 0; j < kJoints; ++j) {
    const std::size_t c = 3 + 3 * j;
    frame.rotations[j] = rotation_of(Vec3(curves[c][i], curves[c + 1][i], curves[c + 2][i]));
  }
  return frame;
}

}  // namespace terpsi::format
