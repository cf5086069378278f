#include "measure/feet.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/gliding.h"
#include "core/motion/golden.h"
#include "measure/metrics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;
using terpsi::motion::testing::gliding;

TEST_CASE("feet of too little motion are zero, not NaN") {
  for (std::size_t frames = 0; frames < 4; ++frames) {
    const Feet f = feet(gliding(frames, {0.02f, 0, 0}), 30);
    for (const double v : {f.glide, f.glide_speed, f.glide_any, f.swing_height, f.planted})
      CHECK(std::isfinite(v));
    CHECK(f.low_toes == (frames < 2 ? 0 : 2 * (frames - 1)));
  }
  CHECK(feet(gliding(9, Vec3::Zero()), 0).low_toes == 0);
  CHECK(feet(gliding(9, Vec3::Zero()), NAN).low_toes == 0);
}

TEST_CASE("feet agree with an independent implementation") {
  const auto expected = testing::golden_values("feet_values");
  std::vector<double> got;
  for (const char* motion : {"joints", "wild"}) {
    const Feet f = feet(testing::golden_joints(motion), 30);
    for (const double v : {static_cast<double>(f.low_toes), static_cast<double>(f.fast_toes), f.glide,
                           f.glide_speed, f.glide_any, f.swing_height, f.planted})
      got.push_back(v);
  }
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-4));
  }
}

TEST_CASE("a body that is pushed along glides on both feet, a statue stands") {
  const Feet pushed = feet(gliding(60, {0.02f, 0, 0}), 30);
  CHECK(pushed.glide == 1);
  CHECK(pushed.glide_speed == doctest::Approx(0.6).epsilon(1e-3));
  CHECK(pushed.glide_any == 1);
  CHECK(pushed.swing_height == doctest::Approx(0));
  CHECK(pushed.planted == 0);
  const Feet statue = feet(gliding(60, Vec3::Zero()), 30);
  CHECK(statue.glide == 0);
  CHECK(statue.glide_any == 0);
  CHECK(statue.planted == 1);
  CHECK(statue.fast_toes == 0);
}

TEST_CASE("a ball that slides under a raised heel glides, though the skate ratio does not see it") {
  std::vector<JointPositions> joints = gliding(60, {0.02f, 0, 0});
  for (JointPositions& p : joints)
    for (const Joint ankle : {kLAnkle, kRAnkle}) p[ankle].y() += 0.05f;  // 12 cm
  CHECK(motion_metrics(joints, 30).contact == 0);
  CHECK(feet(joints, 30).glide == 1);
  for (JointPositions& p : joints)
    for (const Joint ankle : {kLAnkle, kRAnkle}) p[ankle].y() += 0.05f;  // on the tips of the toes
  const Feet tiptoe = feet(joints, 30);
  CHECK(tiptoe.low_toes == 0);
  CHECK(tiptoe.glide_any == 1);
}

TEST_CASE("a step is not a glide: one foot stands while the other travels 8 cm up") {
  std::vector<JointPositions> joints = gliding(60, Vec3::Zero());
  for (std::size_t i = 0; i < joints.size(); ++i) {
    joints[i][kRFoot] += Vec3(0, 0.08f, 0.03f * static_cast<float>(i));
    joints[i][kRAnkle] += Vec3(0, 0.08f, 0.03f * static_cast<float>(i));
  }
  const Feet f = feet(joints, 30);
  CHECK(f.glide_any == 0);
  CHECK(f.glide == 0);
  CHECK(f.planted == 1);
  CHECK(f.swing_height == doctest::Approx(0.08).epsilon(1e-3));
}

TEST_CASE("the floor is where the lower toe is at its lowest, but for one frame in twenty") {
  std::vector<JointPositions> joints = gliding(101, {0.02f, 0, 0});
  for (std::size_t i = 0; i < joints.size(); ++i) {
    const float up = i < 4 ? -0.5f : 0.3f;  // a few frames are through the floor
    for (Vec3& p : joints[i]) p.y() += up;
  }
  CHECK(feet(joints, 30).glide == 1);
  CHECK(feet(joints, 30).low_toes == 200);
}
