#include "motion/mirror.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("the mirror image of nothing is nothing") {
  CHECK(mirrored(Clip{}).size() == 0);
}

TEST_CASE("every joint goes to its counterpart's mirror image") {
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    const Frame frame = testing::random_frame(random);
    const JointPositions a = joint_positions(frame), b = joint_positions(mirrored(frame));
    for (std::size_t j = 0; j < kJoints; ++j) {
      const Vec3& p = a[static_cast<std::size_t>(kMirror[j])];
      CHECK((b[j] - Vec3(-p.x(), p.y(), p.z())).norm() < 1e-5f);
    }
    const Frame twice = mirrored(mirrored(frame));
    for (std::size_t j = 0; j < kJoints; ++j)
      CHECK(angle_of(twice.rotations[j].conjugate() * frame.rotations[j]) < 1e-3f);
    CHECK(twice.contacts == frame.contacts);
    CHECK(mirrored(frame).contacts[kContactLFoot] == frame.contacts[kContactRFoot]);
  }
}
