#include "motion/euler.h"

#include <algorithm>
#include <cmath>

namespace terpsi::motion {

namespace {
constexpr double kPi = 3.14159265358979323846;

std::array<double, 3> shifted_near(std::array<double, 3> angles, const std::array<double, 3>& reference) {
  for (std::size_t k = 0; k < 3; ++k)
    angles[k] += 2 * kPi * std::round((reference[k] - angles[k]) / (2 * kPi));
  return angles;
}

double distance(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}
}  // namespace

std::array<double, 3> to_euler(const Quat& q, const EulerOrder& order) {
  const Eigen::Matrix3d m = q.cast<double>().normalized().toRotationMatrix();
  const int i = order[0], j = order[1], k = order[2];
  // Tait-Bryan angles: for R = Ri(a) Rj(b) Rk(c), R(i,k) = +-sin b with + for cyclic orders.
  const double sign = (j - i + 3) % 3 == 1 ? 1.0 : -1.0;
  const double sine = std::clamp(sign * m(i, k), -1.0, 1.0);
  const double b = std::asin(sine);
  if (std::abs(sine) > 1 - 1e-9) return {std::atan2(sign * m(k, j), m(j, j)), b, 0};
  return {std::atan2(-sign * m(j, k), m(k, k)), b, std::atan2(-sign * m(i, j), m(i, i))};
}

std::array<double, 3> nearest_euler(const std::array<double, 3>& angles,
                                    const std::array<double, 3>& reference) {
  const std::array<double, 3> same = shifted_near(angles, reference);
  const std::array<double, 3> other =
      shifted_near({angles[0] + kPi, kPi - angles[1], angles[2] + kPi}, reference);
  return distance(other, reference) < distance(same, reference) ? other : same;
}

}  // namespace terpsi::motion
