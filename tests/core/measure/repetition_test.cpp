#include "measure/repetition.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/golden.h"
#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;

namespace {

// An arm that rises slowly through the whole dance, from -1.4 to 1.4 radians: no two windows are alike.
Clip never_the_same(std::size_t frames) {
  Clip clip;
  clip.frames.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float share = static_cast<float>(i) / static_cast<float>(frames - 1);
    for (const auto& [joint, sign] : {std::pair<std::size_t, float>{kLShoulder, 1.f}, {kRShoulder, -1.f}})
      clip.frames[i].rotations[joint] = testing::turn(sign * (2.8f * share - 1.4f), Vec3::UnitZ());
    clip.frames[i].rotations[kSpine1] = testing::turn(1.2f * share, Vec3::UnitX());
  }
  return clip;
}

}  // namespace

TEST_CASE("repetition of less than two windows is nothing") {
  for (const std::size_t frames : {0u, 1u, 59u, 60u, 119u}) {
    const auto r = repetition(body_poses(joint_positions(testing::dancing(frames))), 30);
    CHECK(r.windows == 0);
    CHECK(r.share == 0);
  }
  const auto poses = body_poses(joint_positions(testing::dancing(200)));
  CHECK(repetition(poses, 0).windows == 0);
  CHECK(repetition(poses, NAN).windows == 0);
}

TEST_CASE("repetition agrees with an independent implementation") {
  const auto r = repetition(body_poses(testing::golden_joints("joints")), 30);
  const auto expected = testing::golden_values("whole_values");
  CHECK(static_cast<float>(r.windows) == expected[0]);
  CHECK(r.share == doctest::Approx(expected[1]).epsilon(1e-5));
  CHECK(r.distance == doctest::Approx(expected[2]).epsilon(1e-4));
}

TEST_CASE("a dance that repeats exactly is all repetition, also after a turn, elsewhere, at an odd frame") {
  Clip clip = never_the_same(401);
  Clip twice = clip;
  for (Frame frame : clip.frames) {
    frame.root += Vec3(1, 0, -1);
    frame.rotations[kPelvis] = testing::turn(1.f, Vec3::UnitY());
    twice.frames.push_back(frame);
  }
  const auto once = repetition(body_poses(joint_positions(clip)), 30);
  CHECK(once.windows > 10);
  const auto r = repetition(body_poses(joint_positions(twice)), 30);
  // A window across the middle is in the dance but once.
  CHECK(r.share > 0.85);
  CHECK(r.distance < 0.02);
  CHECK(r.share > once.share);
}

TEST_CASE("a dance that never comes back has no repetition") {
  const auto r = repetition(body_poses(joint_positions(never_the_same(300))), 30);
  CHECK(r.windows == 17);
  CHECK(r.share < 0.2);
  CHECK(r.distance > 0.05);
}

TEST_CASE("a statue repeats itself") {
  Clip clip;
  clip.frames.resize(150);
  const auto r = repetition(body_poses(joint_positions(clip)), 30);
  CHECK(r.share == 1);
  CHECK(r.distance == 0);
}
