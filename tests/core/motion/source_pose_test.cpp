#include "motion/source_pose.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("a body collapsed into one point gives finite rotations") {
  std::vector<JointPositions> joints(10);
  for (JointPositions& p : joints) p.fill(Vec3(1, 2, 3));
  for (const WorldRotations& world : rotations_from_positions(joints))
    for (const Quat& q : world) CHECK(is_unit(q));
}

TEST_CASE("the T-pose has no rotation, in every heading") {
  for (const float heading : {0.f, 1.f, 3.1f, -2.f}) {
    Frame frame;
    frame.rotations[kPelvis] = testing::turn(heading, Vec3::UnitY());
    const auto world = rotations_from_positions(std::vector<JointPositions>(5, joint_positions(frame)));
    for (std::size_t j = 0; j < kJoints; ++j) {
      CAPTURE(j);
      CHECK(angle_of(world[2][j].conjugate() * frame.rotations[kPelvis]) < 0.03f);
    }
  }
}

TEST_CASE("bent limbs get the twist that their hinge shows") {
  Clip clip;
  clip.frames.resize(20);
  for (Frame& f : clip.frames) {
    f.rotations[kLShoulder] = testing::turn(0.7f, Vec3::UnitX()) * testing::turn(-0.9f, Vec3::UnitZ());
    f.rotations[kLElbow] = testing::turn(-1.3f, Vec3::UnitY());
    f.rotations[kRHip] = testing::turn(0.5f, Vec3::UnitY()) * testing::turn(-1.0f, Vec3::UnitX());
    f.rotations[kRKnee] = testing::turn(1.4f, Vec3::UnitX());
  }
  const auto world = rotations_from_positions(joint_positions(clip));
  const Pose expected = world_pose(clip.frames[10]);
  for (const int joint : {kLShoulder, kLElbow, kRHip, kRKnee}) {
    const auto j = static_cast<std::size_t>(joint);
    CAPTURE(j);
    CHECK(angle_of(world[10][j].conjugate() * expected.rotations[j]) < 0.08f);
  }
}
