#include "motion/heading.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("heading: a body upside down faces nowhere") {
  CHECK(heading_of(Quat(0, 1, 0, 0)) == 0);
  CHECK(heading_of(Quat(0, 0, 0, 1)) == 0);
}

TEST_CASE("heading: every orientation is its tilt, then turned about the vertical") {
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    const Quat q = testing::random_rotation(random);
    CHECK(angle_of((turned(heading_of(q)) * tilt_of(q)).conjugate() * q) < 2e-3f);
    CHECK(std::abs(heading_of(tilt_of(q))) < 1e-3);
  }
}

TEST_CASE("heading: +x is positive; heading and front agree for upright bodies and differ for leaning ones") {
  for (const double yaw : {-3.0, -0.7, 0.0, 1.2, 3.1}) {
    CHECK(heading_of(turned(yaw)) == doctest::Approx(yaw).epsilon(1e-5));
    CHECK(front_of(turned(yaw)) == doctest::Approx(yaw).epsilon(1e-5));
  }
  const Quat leaning = testing::turn(0.5f, Vec3::UnitY()) * testing::turn(0.8f, Vec3(1, 0, 1).normalized());
  CHECK(std::abs(front_of(leaning) - 0.5f) > 0.02f);
  CHECK(heading_of(leaning) == doctest::Approx(0.5).epsilon(1e-4));
}
