#include "measure/metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/gliding.h"
#include "core/motion/golden.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;
using terpsi::motion::testing::gliding;

TEST_CASE("metrics of too little motion are zero, not NaN") {
  CHECK(motion_metrics({}, 30).magnitude == 0);
  CHECK(motion_metrics(gliding(5, Vec3::Zero()), 0).jerk == 0);
  for (std::size_t frames = 1; frames < 6; ++frames) {
    const MotionMetrics m = motion_metrics(gliding(frames, {0.01f, 0, 0}), 30);
    for (const double v : {m.magnitude, m.freeze, m.jitter, m.acceleration, m.jerk, m.pfc, m.contact,
                           m.foot_skate, m.foot_skate_ref, m.skate_speed, m.floating, m.penetration,
                           m.bone_deviation, m.symmetry, m.jerk_peak})
      CHECK(std::isfinite(v));
  }
  CHECK(seam_jerk_ratio(gliding(3, Vec3::Zero()), 30, {}) == 0);
}

TEST_CASE("metrics agree with an independent implementation") {
  const std::vector<JointPositions> joints = testing::golden_joints("joints");
  const std::vector<float> expected = testing::golden_values("motion_values");
  const MotionMetrics m = motion_metrics(joints, 30);
  const double got[] = {
      m.magnitude,      m.freeze,     m.jitter,         m.acceleration,    m.jerk,     m.pfc,
      m.contact,        m.foot_skate, m.foot_skate_ref, m.skate_speed,     m.floating, m.penetration,
      m.bone_deviation, m.symmetry,   m.floating_ref,   m.penetration_ref, m.jerk_peak};
  REQUIRE(expected.size() == std::size(got));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-4));
  }
}

TEST_CASE("a standing body that glides is all skate") {
  const MotionMetrics m = motion_metrics(gliding(60, {0.02f, 0, 0}), 30);
  CHECK(m.contact == doctest::Approx(1));
  CHECK(m.foot_skate == doctest::Approx(1));
  CHECK(m.skate_speed == doctest::Approx(0.6).epsilon(1e-3));
  CHECK(m.magnitude == doctest::Approx(0.6).epsilon(1e-3));
  CHECK(m.jitter < 1e-6);
  CHECK(m.freeze == 0);
}

TEST_CASE("the published skate measure does not see a slide along x = -z, the corrected one does") {
  const MotionMetrics m = motion_metrics(gliding(60, {0.02f, 0, -0.02f}), 30);
  CHECK(m.foot_skate == doctest::Approx(1));
  CHECK(m.foot_skate_ref == 0);
}

TEST_CASE("a statue is all freeze, and its feet do not skate") {
  const MotionMetrics m = motion_metrics(gliding(60, Vec3::Zero()), 30);
  CHECK(m.freeze == doctest::Approx(1));
  CHECK(m.foot_skate == 0);
  CHECK(m.pfc == 0);
  CHECK(m.symmetry == doctest::Approx(1));
  CHECK(m.bone_deviation < 1e-6);
  CHECK(m.floating < 1e-6);
}

TEST_CASE("a freeze shorter than half a second does not count") {
  std::vector<JointPositions> joints = gliding(40, {0.02f, 0, 0});
  for (std::size_t i = 10; i < 24; ++i) joints[i] = joints[10];  // 13 still steps at 30 fps
  CHECK(motion_metrics(joints, 30).freeze == 0);
  for (std::size_t i = 10; i < 26; ++i) joints[i] = joints[10];  // 15 still steps
  CHECK(motion_metrics(joints, 30).freeze == doctest::Approx(15.0 / 39));
}

TEST_CASE("a body lifted off the floor floats, one pushed into it penetrates") {
  std::vector<JointPositions> joints = gliding(10, Vec3::Zero());
  for (JointPositions& p : joints)
    for (Vec3& q : p) q.y() += 0.05f;
  CHECK(motion_metrics(joints, 30).floating == doctest::Approx(0.05).epsilon(1e-3));
  for (JointPositions& p : joints)
    for (Vec3& q : p) q.y() -= 0.08f;
  CHECK(motion_metrics(joints, 30).penetration == doctest::Approx(0.03).epsilon(1e-3));
}

TEST_CASE("the published float takes the ball of the foot for the sole") {
  const MotionMetrics m = motion_metrics(gliding(10, Vec3::Zero()), 30);
  CHECK(m.floating < 1e-6);
  CHECK(m.floating_ref == doctest::Approx(kFootRestHeight).epsilon(1e-3));
  CHECK(m.penetration_ref == 0);
}

TEST_CASE("a single step of a slide over the threshold, and one under it") {
  CHECK(motion_metrics(gliding(60, {0.0101f, 0, 0}), 30).foot_skate == doctest::Approx(1));
  CHECK(motion_metrics(gliding(60, {0.0099f, 0, 0}), 30).foot_skate == 0);
}

TEST_CASE("physical foot contact of feet that slide under an accelerating pelvis") {
  // Feet move 1 cm a frame, the pelvis along x with 3 m/s^2: PFC = 1e4 x 0.01 x 0.01 x 1.
  std::vector<JointPositions> joints = gliding(60, {0, 0, 0.01f});
  for (std::size_t i = 0; i < joints.size(); ++i) {
    const double t = static_cast<double>(i) / 30;
    joints[i][kPelvis].x() = static_cast<float>(1.5 * t * t);
  }
  CHECK(motion_metrics(joints, 30).pfc == doctest::Approx(1).epsilon(0.02));
}

TEST_CASE("the smoothness index is 100 for motion as smooth as the reference or smoother") {
  for (const double hostile : {std::nan(""), -1.0, static_cast<double>(INFINITY)})
    CHECK(smoothness_index(hostile, 5) == 0);
  for (const double hostile : {std::nan(""), 0.0, -1.0}) CHECK(smoothness_index(5, hostile) == 0);
  CHECK(smoothness_index(7, 7) == doctest::Approx(100));
  CHECK(smoothness_index(0, 7) == doctest::Approx(100));
  CHECK(smoothness_index(21, 7) == doctest::Approx(50));
}

TEST_CASE("the paired error is the mean distance of the joints seen from the pelvis") {
  const std::vector<JointPositions> real = gliding(20, {0.01f, 0, 0});
  CHECK(paired_error({}, real) == 0);
  std::vector<JointPositions> dance = gliding(30, {0, 0, 0.03f});  // another path, the same poses, longer
  CHECK(paired_error(dance, real) < 1e-6);
  for (JointPositions& p : dance) p[kRHand].y() += 0.48f;
  CHECK(paired_error(dance, real) == doctest::Approx(0.02).epsilon(1e-4));
  CHECK(paired_error(real, dance) == doctest::Approx(0.02).epsilon(1e-4));
}

TEST_CASE("symmetry does not depend on the facing direction and falls when one arm drops") {
  Frame frame;
  frame.rotations[kLShoulder] = Quat(Eigen::AngleAxisf(-1.2f, Vec3::UnitZ()));
  const double lopsided = symmetry_score(std::vector<JointPositions>{joint_positions(frame)});
  CHECK(lopsided < 0.9);
  frame.rotations[kPelvis] = Quat(Eigen::AngleAxisf(2.f, Vec3::UnitY()));
  CHECK(symmetry_score(std::vector<JointPositions>{joint_positions(frame)}) ==
        doctest::Approx(lopsided).epsilon(1e-5));
  frame.rotations[kRShoulder] = Quat(Eigen::AngleAxisf(1.2f, Vec3::UnitZ()));
  CHECK(symmetry_score(std::vector<JointPositions>{joint_positions(frame)}) ==
        doctest::Approx(1).epsilon(1e-5));
}

TEST_CASE("a jump at a seam shows in its jerk ratio") {
  std::vector<JointPositions> joints = testing::golden_joints("joints");
  const std::vector<std::size_t> seams = {60, 150};
  const double before = seam_jerk_ratio(joints, 30, seams);
  CHECK(before > 0.3);
  CHECK(before < 2);
  for (std::size_t i = 60; i < joints.size(); ++i)
    for (Vec3& p : joints[i]) p.x() += 0.1f;
  CHECK(seam_jerk_ratio(joints, 30, seams) > 2 * before);
}
