#include "measure/novelty.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/golden.h"
#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;

namespace {

using Stretches = std::vector<std::vector<BodyPose>>;

std::vector<BodyPose> part(const std::vector<BodyPose>& poses, std::size_t from, std::size_t count) {
  const auto first = poses.begin() + static_cast<std::ptrdiff_t>(from);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

TEST_CASE("novelty of too little, or against too little, is nothing") {
  const auto poses = body_poses(joint_positions(testing::dancing(200)));
  CHECK(novelty({}, Stretches{poses}, 30).segments == 0);
  CHECK(novelty(part(poses, 0, 119), Stretches{poses}, 30).segments == 0);
  CHECK(novelty(poses, Stretches{}, 30).segments == 0);
  CHECK(novelty(poses, Stretches{{}, part(poses, 0, 39)}, 30).segments == 0);
  CHECK(novelty(poses, Stretches{poses}, 0).segments == 0);
  CHECK(novelty(poses, Stretches{poses}, NAN).segments == 0);
}

TEST_CASE("novelty agrees with an independent implementation") {
  const auto joints = testing::golden_joints("joints");
  std::vector<JointPositions> mirrored(joints.rbegin(), joints.rend());
  for (JointPositions& p : mirrored)
    for (Vec3& q : p) q.x() = -q.x();
  const auto r = body_poses(mirrored);
  const auto n = novelty(body_poses(joints), Stretches{part(r, 0, 60), part(r, 80, 130)}, 30);
  const auto expected = testing::golden_values("whole_values");
  CHECK(static_cast<float>(n.segments) == expected[3]);
  CHECK(n.distance == doctest::Approx(expected[4]).epsilon(1e-4));
  CHECK(n.least == doctest::Approx(expected[5]).epsilon(1e-4));
}

TEST_CASE(
    "a dance taken from the training set has novelty 0, wherever it begins there and wherever it looks") {
  Clip clip = testing::dancing(700, 0.1f);
  const auto training = body_poses(joint_positions(clip));
  for (Frame& frame : clip.frames) {
    frame.rotations[kPelvis] = testing::turn(1.3f, Vec3::UnitY()) * frame.rotations[kPelvis];
    frame.root.x() += 5;
  }
  const auto dance = body_poses(joint_positions(clip));
  for (const std::size_t from : {0u, 37u, 101u}) {
    const auto n = novelty(part(dance, from, 480), Stretches{part(training, 0, 50), training}, 30);
    CHECK(n.segments == 4);
    CHECK(n.distance < 1e-5);
    CHECK(n.copied == 1);
  }
}

TEST_CASE("a slower training dance is found, another dance is not") {
  const Clip clip = testing::dancing(600);
  const auto training = body_poses(joint_positions(clip));
  std::vector<BodyPose> slower;  // every frame twice
  for (const BodyPose& pose : part(training, 0, 120)) slower.insert(slower.end(), 2, pose);
  CHECK(novelty(slower, Stretches{training}, 30).distance < 0.01);
  Clip other = clip;
  for (Frame& frame : other.frames)
    frame.rotations[kLShoulder] = testing::turn(1.5f, Vec3::UnitZ()) * frame.rotations[kLShoulder];
  const auto n = novelty(body_poses(joint_positions(other)), Stretches{training}, 30);
  CHECK(n.distance > 0.02);
  CHECK(n.least > 0.02);
  CHECK(n.least <= n.distance);
}
