#include "motion/euler.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/random_motion.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

namespace {
Quat from_euler(const std::array<double, 3>& angles, const EulerOrder& order) {
  Eigen::Quaterniond q = Eigen::Quaterniond::Identity();
  for (std::size_t n = 0; n < 3; ++n) q = q * Eigen::AngleAxisd(angles[n], Eigen::Vector3d::Unit(order[n]));
  return q.cast<float>().normalized();
}

constexpr EulerOrder kOrders[] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
}  // namespace

TEST_CASE("at the poles the rotation survives") {
  for (const EulerOrder& order : kOrders)
    for (const double middle : {1.5707963267948966, -1.5707963267948966}) {
      const Quat q = from_euler({0.4, middle, 0.3}, order);
      CHECK(angle_of(from_euler(to_euler(q, order), order).conjugate() * q) < 2e-3f);
    }
}

TEST_CASE("every order comes back") {
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    const Quat q = testing::random_rotation(random);
    for (const EulerOrder& order : kOrders)
      CHECK(angle_of(from_euler(to_euler(q, order), order).conjugate() * q) < 1e-3f);
  }
}

TEST_CASE("the nearest triple is the same rotation and does not jump") {
  std::mt19937 random(6);
  std::uniform_real_distribution<double> angle(-7, 7);
  for (int i = 0; i < 200; ++i)
    for (const EulerOrder& order : kOrders) {
      const std::array<double, 3> reference = {angle(random), angle(random), angle(random)};
      const Quat q = from_euler(reference, order);
      const std::array<double, 3> found = nearest_euler(to_euler(q, order), reference);
      CHECK(angle_of(from_euler(found, order).conjugate() * q) < 1e-3f);
      if (std::abs(std::cos(reference[1])) > 0.1)
        for (std::size_t k = 0; k < 3; ++k) CHECK(found[k] == doctest::Approx(reference[k]).epsilon(1e-4));
    }
}
