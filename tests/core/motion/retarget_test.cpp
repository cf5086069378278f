#include "motion/retarget.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/motion/random_motion.h"
#include "measure/metrics.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi;
using namespace terpsi::measure;
using namespace terpsi::motion;

namespace {

SourceMotion source_of(const Clip& clip, float scale, bool with_rotations) {
  SourceMotion source;
  source.fps = static_cast<double>(clip.fps);
  for (const Frame& frame : clip.frames) {
    JointPositions p = joint_positions(frame);
    for (Vec3& q : p) q *= scale;
    source.joints.push_back(p);
    if (with_rotations) source.rotations.push_back(frame.rotations);
  }
  source.rotation_known.fill(with_rotations);
  return source;
}

float worst_error(const Clip& got, const Clip& expected) {
  float worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    worst = std::max(worst, testing::largest_distance(joint_positions(got.frames[i]),
                                                      joint_positions(expected.frames[i])));
  return worst;
}

// Largest turn of any joint between neighbouring frames, radians.
float fastest_turn(const Clip& clip) {
  float most = 0;
  for (std::size_t i = 1; i < clip.size(); ++i)
    for (std::size_t j = 0; j < kJoints; ++j)
      most =
          std::max(most, angle_of(clip.frames[i - 1].rotations[j].conjugate() * clip.frames[i].rotations[j]));
  return most;
}

}  // namespace

TEST_CASE("bad captures are refused with a reason") {
  const SourceMotion good = source_of(testing::dancing(30), 1, true);
  CHECK(retarget({}).error().code == ErrorCode::empty);
  SourceMotion s = good;
  s.joints.resize(1);
  CHECK(retarget(s).error().code == ErrorCode::empty);
  for (const double fps : {0.0, -30.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    s = good;
    s.fps = fps;
    CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  }
  s = good;
  s.joints[7][kHead].x() = std::numeric_limits<float>::quiet_NaN();
  CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  s = good;
  s.rotations[3][kLKnee] = Quat(0, 0, 0, 0);
  CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  s.rotation_known[kLKnee] = false;
  CHECK(retarget(s).ok());
  s = good;
  s.rotations.pop_back();
  CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  s = good;
  s.bad.assign(3, 0);
  CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  s = good;
  for (JointPositions& p : s.joints) p.fill(Vec3(1, 1, 1));
  CHECK(retarget(s).error().code == ErrorCode::invalid_argument);
  s = good;
  s.fps = 5;
  s.joints.resize(5 * 60 * 16, s.joints[0]);
  s.rotations.clear();
  CHECK(retarget(s).error().code == ErrorCode::too_large);
}

TEST_CASE("random points do not break it") {
  std::mt19937 random(8);
  std::normal_distribution<float> normal;
  SourceMotion s;
  s.fps = 60;
  s.joints.resize(100);
  for (JointPositions& p : s.joints)
    for (Vec3& q : p) q = {normal(random), normal(random), normal(random)};
  const auto r = retarget(s);
  REQUIRE(r.ok());
  CHECK(r->clip.size() == 50);
  for (const Frame& frame : r->clip.frames) {
    CHECK(frame.root.allFinite());
    for (const Quat& q : frame.rotations) CHECK(is_unit(q));
  }
}

TEST_CASE("our own motion at another size comes back, from rotations and from positions") {
  const Clip clip = testing::dancing(120);
  for (const float scale : {0.9f, 1.f, 100.f}) {
    const auto exact = retarget(source_of(clip, scale, true));
    REQUIRE(exact.ok());
    CHECK(exact->scale == doctest::Approx(1 / scale).epsilon(1e-3));
    REQUIRE(exact->clip.size() == clip.size());
    CHECK(worst_error(exact->clip, clip) < 0.03f);
    const auto guessed = retarget(source_of(clip, scale, false));
    REQUIRE(guessed.ok());
    CHECK(worst_error(guessed->clip, clip) < 0.06f);
    CHECK(fastest_turn(guessed->clip) < 0.6f);
  }
}

TEST_CASE("a straight leg that bends again does not flip its knee") {
  Clip clip = testing::dancing(150, 1.5f);
  for (std::size_t i = 40; i < 110; ++i) {
    // Stand straight, with a trace of noise in the shins, while turning.
    for (const int joint : {kLHip, kRHip, kLAnkle, kRAnkle})
      clip.frames[i].rotations[static_cast<std::size_t>(joint)].setIdentity();
    const float noise = 0.02f * std::sin(static_cast<float>(i) * 2.1f);
    for (const int knee : {kLKnee, kRKnee})
      clip.frames[i].rotations[static_cast<std::size_t>(knee)] =
          testing::turn(noise, Vec3(1, 0, 1).normalized());
    clip.frames[i].root.y() = offset(kPelvis).y();
  }
  const auto r = retarget(source_of(clip, 1, false));
  REQUIRE(r.ok());
  // The thigh's own x axis is the knee's hinge: it keeps pointing to the dancer's left.
  for (const Frame& frame : r->clip.frames) {
    const Pose pose = world_pose(frame);
    const Vec3 left = pose.rotations[kPelvis] * Vec3::UnitX();
    CHECK(left.dot(pose.rotations[kLHip] * Vec3::UnitX()) > 0.6f);
    CHECK(left.dot(pose.rotations[kRHip] * Vec3::UnitX()) > 0.6f);
  }
}

TEST_CASE("feet that stand still in the source stand still here, although hips are wider and legs differ") {
  const Clip clip = testing::dancing(150, 0.f);
  SourceMotion s = source_of(clip, 1, false);
  for (JointPositions& p : s.joints) {
    // Another body: hips at pelvis height and narrower; same feet.
    p[kLHip] = p[kPelvis] + Vec3(0.06f, 0, 0);
    p[kRHip] = p[kPelvis] - Vec3(0.06f, 0, 0);
  }
  const auto r = retarget(s);
  REQUIRE(r.ok());
  const std::vector<JointPositions> joints = joint_positions(r->clip);
  const MotionMetrics m = motion_metrics(joints, 30);
  CHECK(m.contact > 0.9);
  CHECK(m.skate_speed < 0.04);
  CHECK(std::abs(joints[75][kLFoot].y() - kFootRestHeight) < 0.02f);
}

TEST_CASE("bad frames travel along") {
  SourceMotion s = source_of(testing::dancing(60), 1, false);
  s.bad.assign(60, 0);
  s.bad[20] = 1;
  const auto r = retarget(s);
  REQUIRE(r.ok());
  REQUIRE(r->bad.size() == r->clip.size());
  CHECK(r->bad[20] == 1);
  CHECK(r->bad[22] == 0);
}
