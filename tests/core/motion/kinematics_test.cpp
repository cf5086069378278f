#include "motion/kinematics.h"

#include <doctest/doctest.h>

#include "core/motion/golden.h"
#include "core/motion/random_motion.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("an empty clip has no positions") {
  CHECK(joint_positions(Clip{}).empty());
}

TEST_CASE("the T-pose stands on the floor, symmetrical, 1.70 m tall") {
  const JointPositions& rest = rest_positions();
  for (const int ankle : {kLAnkle, kRAnkle})
    CHECK(rest[static_cast<std::size_t>(ankle)].y() == doctest::Approx(kAnkleRestHeight).epsilon(1e-4));
  for (const int ball : {kLFoot, kRFoot})
    CHECK(rest[static_cast<std::size_t>(ball)].y() == doctest::Approx(kFootRestHeight).epsilon(1e-4));
  for (std::size_t j = 0; j < kJoints; ++j) {
    const Vec3& other = rest[static_cast<std::size_t>(kMirror[j])];
    CHECK((rest[j] - Vec3(-other.x(), other.y(), other.z())).norm() < 1e-6f);
  }
  CHECK(rest[kHead].y() > 1.5f);
  CHECK(rest[kHead].y() < 1.7f);
  CHECK(leg_length() == doctest::Approx(0.78513).epsilon(1e-4));
}

TEST_CASE("forward kinematics agrees with an independent implementation") {
  const std::vector<JointPositions> expected = testing::golden_joints("fk"),
                                    got = joint_positions(testing::golden_clip());
  REQUIRE(got.size() == expected.size());
  float worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    worst = std::max(worst, testing::largest_distance(got[i], expected[i]));
  CHECK(worst < 1e-5f);
}

TEST_CASE("world rotations go back to local ones") {
  std::mt19937 random(2);
  const Frame frame = testing::random_frame(random);
  Frame back;
  back.root = frame.root;
  set_world_rotations(back, world_pose(frame).rotations);
  for (std::size_t j = 0; j < kJoints; ++j)
    CHECK(angle_of(back.rotations[j].conjugate() * frame.rotations[j]) < 1e-3f);
}

TEST_CASE("aiming a joint points its bone; signs follow the reference without turning anything") {
  std::mt19937 random(3);
  const Frame frame = testing::random_frame(random), other = testing::random_frame(random);
  WorldRotations world = world_pose(frame).rotations;
  aim(world, kLHip, kLKnee, {2, 0, 0});
  CHECK((world[kLHip] * offset(kLKnee) - bone_length(kLKnee) * Vec3::UnitX()).norm() < 1e-5f);
  Frame matched = frame;
  match_signs(matched, other);
  for (std::size_t j = 0; j < kJoints; ++j) {
    CHECK(matched.rotations[j].dot(other.rotations[j]) >= 0);
    CHECK(angle_of(matched.rotations[j].conjugate() * frame.rotations[j]) < 1e-3f);
  }
  CHECK(world_poses(Clip{}).empty());
}
