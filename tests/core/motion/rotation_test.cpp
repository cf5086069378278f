#include "motion/rotation.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "core/motion/golden.h"
#include "core/motion/random_motion.h"

using namespace terpsi::motion;

TEST_CASE("garbage for a 6D rotation becomes the identity") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  for (const std::array<float, 6>& bad : {std::array<float, 6>{0, 0, 0, 0, 0, 0},
                                          {nan, 0, 0, 0, 1, 0},
                                          {1, 0, 0, nan, 0, 0},
                                          {inf, 0, 0, 0, 1, 0},
                                          {1, 2, 3, 2, 4, 6}})
    CHECK(from_6d(bad).coeffs() == Quat::Identity().coeffs());
  CHECK(swing(Vec3::Zero(), Vec3::UnitX()).coeffs() == Quat::Identity().coeffs());
  CHECK(unit_or({nan, 0, 0}, Vec3::UnitY()) == Vec3(0, 1, 0));
  CHECK_FALSE(is_unit(Quat(nan, 0, 0, 0)));
  CHECK_FALSE(is_unit(Quat(0.5f, 0, 0, 0)));
}

TEST_CASE("6D form agrees with an independent implementation and comes back") {
  const Clip clip = testing::golden_clip();
  const std::vector<float> six = testing::golden_values("six");
  float worst = 0, worst_back = 0;
  for (std::size_t i = 0; i < clip.size(); ++i)
    for (std::size_t j = 0; j < kJoints; ++j) {
      std::array<float, 6> got;
      to_6d(clip.frames[i].rotations[j], got);
      for (std::size_t k = 0; k < 6; ++k)
        worst = std::max(worst, std::abs(got[k] - six[(i * kJoints + j) * 6 + k]));
      worst_back = std::max(worst_back, angle_of(from_6d(got).conjugate() * clip.frames[i].rotations[j]));
    }
  CHECK(worst < 1e-5f);
  CHECK(worst_back < 2e-3f);
}

TEST_CASE("from_6d orthonormalises what a network writes") {
  const std::array<float, 6> skewed = {2, 0, 0, 1, 3, 0};
  CHECK(angle_of(from_6d(skewed)) < 1e-6f);
}

TEST_CASE("swing takes one direction to the other, even to the opposite") {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const Vec3 a = testing::random_rotation(random) * Vec3::UnitX(),
               b = testing::random_rotation(random) * Vec3::UnitX();
    CHECK((swing(a, b) * a - b).norm() < 1e-5f);
    CHECK((swing(a, -a) * a + a).norm() < 1e-5f);
    CHECK(is_unit(swing(a, -a)));
  }
}

TEST_CASE("scaled and clamped follow the shortest way") {
  const Quat q = testing::turn(1.2f, Vec3(1, 2, 3).normalized());
  CHECK(angle_of(scaled(q, 0.5f)) == doctest::Approx(0.6).epsilon(1e-4));
  CHECK((scaled(q, 1).coeffs() - q.coeffs()).norm() < 1e-6f);
  const Quat minus(-q.w(), -q.x(), -q.y(), -q.z());
  CHECK(angle_of(scaled(minus, 0.5f)) == doctest::Approx(0.6).epsilon(1e-4));
  CHECK(angle_of(clamped(q, 0.3f)) == doctest::Approx(0.3).epsilon(1e-4));
  CHECK(angle_of(clamped(q, 2.f)) == doctest::Approx(1.2).epsilon(1e-4));
}

TEST_CASE("frames keep their first axis and come near the second") {
  CHECK(angle_of(frame_from_xy({2, 0, 0}, {1, 1, 0})) < 1e-5f);
  const Quat r = frame_from_xy({0, 0, 3}, {0, 1, 1});
  CHECK((r * Vec3::UnitX() - Vec3::UnitZ()).norm() < 1e-5f);
  CHECK((r * Vec3::UnitY() - Vec3::UnitY()).norm() < 1e-5f);
}

TEST_CASE("angle_about is signed and ignores what lies along the axis") {
  CHECK(angle_about(Vec3::UnitY(), {0, 5, 1}, {1, -2, 0}) == doctest::Approx(1.5707963));
  CHECK(angle_about(Vec3::UnitY(), {1, 0, 0}, {0, 0, 1}) == doctest::Approx(-1.5707963));
  CHECK(angle_about(Vec3::UnitY(), {0, 1, 0}, {0, 0, 1}) == 0);
}

TEST_CASE("rotation vectors come back, the shorter way round, in float and double") {
  CHECK(rotation_vector(Quat::Identity()).isZero());
  CHECK(from_rotation_vector(Vec3(Vec3::Zero())).coeffs() == Quat::Identity().coeffs());
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    const Quat q = testing::random_rotation(random);
    const Vec3 v = rotation_vector(q);
    CHECK(v.norm() == doctest::Approx(angle_of(q)).epsilon(1e-3));
    CHECK(angle_of(from_rotation_vector(v).conjugate() * q) < 2e-3f);
    const Eigen::Quaterniond d = q.cast<double>().normalized();
    CHECK((rotation_vector(d).cast<float>() - v).norm() < 1e-3f);
    CHECK(from_rotation_vector(rotation_vector(d)).angularDistance(d) < 1e-6);
  }
}
