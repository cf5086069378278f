#pragma once
// Which way a body looks: the heading is the turn about the vertical after a tilt, q = turned(heading_of(q))
// * tilt_of(q).

#include <cmath>
#include <numbers>

#include "motion/skeleton.h"

namespace terpsi::motion {

// Rotation by `yaw` radians about +y.
inline Quat turned(double yaw) {
  return Quat(static_cast<float>(std::cos(0.5 * yaw)), 0.f, static_cast<float>(std::sin(0.5 * yaw)), 0.f);
}

// The twist of q about the vertical, radians within +-pi, 0 = facing +z, +x is positive; 0 for a body upside
// down, which faces nowhere.
inline double heading_of(const Quat& q) {
  const auto w = static_cast<double>(q.w()), y = static_cast<double>(q.y());
  return w == 0 && y == 0 ? 0.0 : std::remainder(2 * std::atan2(y, w), 2 * std::numbers::pi);
}

inline Quat tilt_of(const Quat& q) {
  return (turned(-heading_of(q)) * q).normalized();
}

// The direction in the plane of the axis that points forward in the T-pose, radians as heading_of(), from
// which it differs where the body leans.
inline float front_of(const Quat& q) {
  const Vec3 front = q * Vec3::UnitZ();
  return std::atan2(front.x(), front.z());
}

}  // namespace terpsi::motion
