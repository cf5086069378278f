#include "motion/body_pose.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;

TEST_CASE("body pose: no frames; a body without width") {
  CHECK(body_poses({}).empty());
  JointPositions point;
  point.fill(Vec3::Ones());
  CHECK(body_pose(point).isZero());
}

TEST_CASE("body pose forgets place and facing, and nothing else") {
  Frame frame = testing::dancing(40).frames[33];
  const BodyPose before = body_pose(joint_positions(frame));
  frame.root += Vec3(3, 0.4f, -2);
  frame.rotations[kPelvis] = testing::turn(2.1f, Vec3::UnitY()) * frame.rotations[kPelvis];
  CHECK(mean_joint_distance(body_pose(joint_positions(frame)), before) < 1e-5f);
  frame.rotations[kPelvis] = testing::turn(0.3f, Vec3::UnitX()) * frame.rotations[kPelvis];
  CHECK(mean_joint_distance(body_pose(joint_positions(frame)), before) > 0.02f);
}

TEST_CASE("the mean joint distance is that of the joints: one hand 24 cm away makes 1 cm") {
  JointPositions joints = rest_positions();
  const BodyPose a = body_pose(joints);
  joints[kLHand] += Vec3(0, 0.24f, 0);
  CHECK(mean_joint_distance(a, body_pose(joints)) == doctest::Approx(0.01));
  CHECK(a(kLHand, 0) > 0.5f);  // x is the dancer's left
  CHECK(a(kPelvis, 1) == 0);
}
