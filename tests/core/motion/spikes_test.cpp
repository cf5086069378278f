#include "motion/spikes.h"

#include <doctest/doctest.h>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

namespace {
// A dance that is somewhere else, facing the other way, from `frame` on, after `steps` frames of change.
Clip turning(std::size_t frame, std::size_t steps) {
  Clip clip = testing::dancing(120, 0.f);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const float u =
        std::clamp((static_cast<float>(i) - static_cast<float>(frame)) / static_cast<float>(steps), 0.f, 1.f);
    clip.frames[i].rotations[kPelvis] =
        testing::turn(2.0f * u, Vec3::UnitY()) * clip.frames[i].rotations[kPelvis];
  }
  return clip;
}

float greatest_acceleration(const Clip& clip) {
  float out = 0;
  const auto joints = joint_positions(clip);
  for (std::size_t i = 1; i + 1 < joints.size(); ++i)
    out = std::max(out, 900 * (joints[i + 1][kLHand] - 2 * joints[i][kLHand] + joints[i - 1][kLHand]).norm());
  return out;
}
}  // namespace

TEST_CASE("spikes: short clips, no frame rate, wild frames") {
  for (std::size_t n = 0; n < 4; ++n) {
    Clip clip = testing::dancing(n);
    ease_spikes(clip);
    CHECK(clip.size() == n);
  }
  std::mt19937 random(8);
  Clip wild;
  for (int i = 0; i < 60; ++i) wild.frames.push_back(testing::random_frame(random));
  const Clip before = wild;
  wild.fps = 0;
  ease_spikes(wild);
  CHECK(wild.frames[30].root == before.frames[30].root);
  wild.fps = 30;
  ease_spikes(wild);
  for (const Frame& f : wild.frames) {
    CHECK(f.root.allFinite());
    for (const Quat& q : f.rotations) CHECK_UNARY(is_unit(q));
  }
}

TEST_CASE("spikes: a dance without any stays bit for bit; a join eases, and only around it") {
  Clip calm = testing::dancing(120);
  const Clip same = calm;
  ease_spikes(calm);
  for (std::size_t i = 0; i < 120; ++i)
    for (std::size_t j = 0; j < kJoints; ++j)
      CHECK_UNARY(calm.frames[i].rotations[j].coeffs() == same.frames[i].rotations[j].coeffs());

  Clip clip = turning(60, 2);
  const Clip before = clip;
  ease_spikes(clip);
  CHECK(greatest_acceleration(before) > 300);
  CHECK(greatest_acceleration(clip) < 0.6f * greatest_acceleration(before));
  for (const std::size_t i : {0u, 30u, 50u, 72u, 119u})
    CHECK(clip.frames[i].rotations[kPelvis].coeffs() == before.frames[i].rotations[kPelvis].coeffs());

  Clip slow = turning(40, 30);
  const Clip slow_before = slow;
  ease_spikes(slow);
  for (std::size_t i = 0; i < 120; ++i) CHECK(slow.frames[i].root == slow_before.frames[i].root);
}

TEST_CASE("spikes: the far future does not matter") {
  Clip whole = turning(60, 2), part = whole;
  part.frames.resize(70);
  ease_spikes(whole);
  ease_spikes(part);
  for (std::size_t i = 0; i + 11 < 70; ++i)
    CHECK(part.frames[i].rotations[kPelvis].coeffs() == whole.frames[i].rotations[kPelvis].coeffs());
}
