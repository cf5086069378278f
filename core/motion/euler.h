#pragma once
// Conversion between quaternions and Euler angles of any axis order.

#include <array>

#include "motion/skeleton.h"

namespace terpsi::motion {

// Axes (0 = x, 1 = y, 2 = z), all three different, in the order in which the matrices are multiplied:
//   {2, 0, 1} is R = Rz Rx Ry
using EulerOrder = std::array<int, 3>;

// Radians, in the sequence of `order`; the middle one within +-pi/2. At the poles (gimbal lock) the last is
// 0.
std::array<double, 3> to_euler(const Quat& q, const EulerOrder& order);

// Of all triples that mean the same rotation as `angles`, the one nearest to `reference`, so that curves do
// not jump.
std::array<double, 3> nearest_euler(const std::array<double, 3>& angles,
                                    const std::array<double, 3>& reference);

}  // namespace terpsi::motion
