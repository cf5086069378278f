#include "motion/toe_reach.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/floor.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("toes: no frames, wild frames") {
  Clip empty;
  reach_for_floor(empty);
  CHECK(empty.size() == 0);
  std::mt19937 random(5);
  Clip wild;
  for (int i = 0; i < 90; ++i) wild.frames.push_back(testing::random_frame(random));
  reach_for_floor(wild);
  for (const Frame& f : wild.frames)
    for (const Quat& q : f.rotations) CHECK_UNARY(is_unit(q));
}

TEST_CASE("toes: a dancer who stands on air rises onto the ball of the standing foot") {
  Clip clip;
  clip.frames.resize(60);
  for (std::size_t i = 0; i < 60; ++i) {
    clip.frames[i].root.y() += 0.04f;
    clip.frames[i].rotations[kLHip] = testing::turn(-1.0f, Vec3::UnitX());
    clip.frames[i].rotations[kLKnee] = testing::turn(1.2f, Vec3::UnitX());
  }
  const Clip before = clip;
  reach_for_floor(clip);
  const JointPositions a = joint_positions(before.frames[30]), b = joint_positions(clip.frames[30]);
  CHECK(a[kRFoot].y() == doctest::Approx(kFootRestHeight + 0.04f).epsilon(0.01));
  CHECK(b[kRFoot].y() == doctest::Approx(kFootRestHeight).epsilon(0.05));
  for (std::size_t j = 0; j < kJoints; ++j)
    if (j != kRFoot) CHECK((a[j] - b[j]).norm() < 1e-5f);
}

TEST_CASE("toes: feet on the floor and feet in a jump stay as they are, on the way there nothing jerks") {
  Clip clip;
  clip.frames.resize(60);
  for (std::size_t i = 0; i < 60; ++i) {
    const float t = static_cast<float>(i) / 30.f - 0.7f;
    clip.frames[i].root.y() += std::max(0.f, 0.5f * 9.81f * t * (0.7f - t));  // 0.6 m high
  }
  const Clip before = clip;
  reach_for_floor(clip);
  for (std::size_t i = 0; i < 60; ++i) {
    const float height = before.frames[i].root.y() - offset(kPelvis).y();
    const float turned =
        angle_of(before.frames[i].rotations[kLAnkle].conjugate() * clip.frames[i].rotations[kLAnkle]);
    if (i < 14 || height > 0.35f) CHECK(turned < 1e-3f);
    CHECK(turned < 1.2f);
    if (i > 0)
      CHECK(angle_of(clip.frames[i - 1].rotations[kLAnkle].conjugate() * clip.frames[i].rotations[kLAnkle]) <
            0.25f);
  }
}
