#pragma once
// An orientation as a turn about the vertical after a tilt: q = turned(heading_of(q)) * tilt_of(q).

#include <cmath>

#include "motion/skeleton.h"

namespace terpsi::motion {

// Rotation about +y; radians.
inline motion::Quat turned(double yaw) {
  return motion::Quat(static_cast<float>(std::cos(0.5 * yaw)), 0.f, static_cast<float>(std::sin(0.5 * yaw)),
                      0.f);
}

// The twist of q about the vertical, radians, 0 = facing +z; 0 for a body upside down, which faces nowhere.
inline double heading_of(const motion::Quat& q) {
  const auto w = static_cast<double>(q.w()), y = static_cast<double>(q.y());
  return w == 0 && y == 0 ? 0.0 : std::remainder(2 * std::atan2(y, w), 2 * 3.14159265358979323846);
}

inline motion::Quat tilt_of(const motion::Quat& q) {
  return (turned(-heading_of(q)) * q).normalized();
}

}  // namespace terpsi::motion
