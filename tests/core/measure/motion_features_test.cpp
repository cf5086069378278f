#include "measure/motion_features.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/motion/gliding.h"
#include "core/motion/golden.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;
using terpsi::motion::testing::gliding;

namespace {

template <class Features>
bool all_zero(const Features& features) {
  return std::all_of(features.begin(), features.end(), [](double v) { return v == 0; });
}

}  // namespace

TEST_CASE("motion features: too little motion gives zeros, joints in one place give no NaN") {
  CHECK(all_zero(kinetic_features({}, 30)));
  CHECK(all_zero(kinetic_features_ref(gliding(2, {0.1f, 0, 0}), 30)));
  CHECK(all_zero(kinetic_features(gliding(9, {0.1f, 0, 0}), 0)));
  CHECK(all_zero(geometric_features({}, 30)));
  CHECK(all_zero(geometric_features(gliding(1, Vec3::Zero()), 30)));
  CHECK(all_zero(geometric_features(gliding(9, Vec3::Zero()), NAN)));
  JointPositions point;
  point.fill(Vec3::Ones());
  const std::vector<JointPositions> collapsed(5, point);
  for (const double v : kinetic_features(collapsed, 30)) CHECK(std::isfinite(v));
  for (const double v : geometric_features(collapsed, 30)) CHECK(std::isfinite(v));
  for (const double v : geometric_features_ref(collapsed)) CHECK(std::isfinite(v));
}

TEST_CASE("motion features agree with an independent implementation") {
  const auto joints = testing::golden_joints("wild");
  const std::vector<float> expected = testing::golden_values("features");
  std::vector<double> got;
  const auto add = [&](const auto& features) { got.insert(got.end(), features.begin(), features.end()); };
  add(kinetic_features(joints, 30));
  add(kinetic_features_ref(joints, 30));
  add(geometric_features(joints, 30));
  add(geometric_features_ref(joints));
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-4));
  }
}

TEST_CASE("motion features do not depend on where the dance begins") {
  auto joints = testing::golden_joints("wild");
  const auto kinetic = kinetic_features_ref(joints, 30);
  const auto geometric = geometric_features(joints, 30);
  for (JointPositions& p : joints)
    for (Vec3& q : p) q += Vec3(4, 0.5f, -8);
  const auto moved = kinetic_features_ref(joints, 30);
  for (std::size_t i = 0; i < kinetic.size(); ++i)
    CHECK(moved[i] == doctest::Approx(kinetic[i]).epsilon(1e-2));
  const auto shares = geometric_features(joints, 30);
  for (std::size_t i = 0; i < shares.size(); ++i) CHECK(std::abs(shares[i] - geometric[i]) < 0.011);
}

TEST_CASE("a body that glides at 0.6 m/s and rises at 0.3 m/s: the squares of its speeds, no acceleration") {
  const auto joints = gliding(60, {0.012f, 0.01f, 0.016f});
  const auto features = kinetic_features(joints, 30);
  for (std::size_t j = 0; j < kJoints; ++j) {
    CHECK(features[3 * j] == doctest::Approx(0.36).epsilon(1e-3));
    CHECK(features[3 * j + 1] == doctest::Approx(0.09).epsilon(1e-3));
    CHECK(features[3 * j + 2] < 1e-2);
  }
  const auto slip = kinetic_features_ref(joints, 30);
  CHECK(slip[1] == doctest::Approx(features[1]));
  CHECK(slip[2] > 100);  // the published acceleration of a body that does not accelerate
}

TEST_CASE("a statue in the T-pose holds no hand up, bends nothing, and moves nothing") {
  const auto f = geometric_features(gliding(10, Vec3::Zero()), 30);
  for (const std::size_t moving : {0u, 1u, 4u, 5u, 9u, 10u, 11u, 12u, 13u, 21u, 22u, 31u})
    CHECK(f[moving] == 0);
  for (const std::size_t bent : {6u, 7u, 19u, 20u, 28u}) CHECK(f[bent] == 0);
  CHECK(f[8] == 1);  // hands wide apart
  for (const std::size_t arm : {23u, 24u}) CHECK(f[arm] == 1);
  for (const std::size_t leg : {16u, 17u, 18u, 25u, 26u, 29u, 30u}) CHECK(f[leg] == 0);
}

TEST_CASE("every feature has a name of its own") {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kKineticFeatures; ++i) names.insert(kinetic_name(i));
  for (std::size_t i = 0; i < kGeometricFeatures; ++i) names.insert(geometric_name(i));
  CHECK(names.size() == kKineticFeatures + kGeometricFeatures);
  CHECK(kinetic_name(3 * kLWrist + 1) == "l_wrist vertical");
  CHECK(geometric_name(9) == "hands approach");
}

TEST_CASE("hands that approach are seen by the corrected feature, hands that part by the published one") {
  auto joints = gliding(20, Vec3::Zero());
  for (std::size_t i = 0; i < joints.size(); ++i) {
    joints[i][kLWrist].x() -= 0.02f * static_cast<float>(i);
    joints[i][kRWrist].x() += 0.02f * static_cast<float>(i);
  }
  CHECK(geometric_features(joints, 30)[9] == 1);
  CHECK(geometric_features_ref(joints)[9] == 0);
  CHECK(geometric_features(joints, 30)[12] == 0);  // 0.6 m/s is not yet fast ...
  CHECK(geometric_features_ref(joints)[12] == 1);  // ... but at 120 frames a second it would be
  std::reverse(joints.begin(), joints.end());
  CHECK(geometric_features(joints, 30)[9] == 0);
  CHECK(geometric_features_ref(joints)[9] == 1);
}
