#include "motion/floor.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;

namespace {
float low(const Clip& clip, std::size_t frame) {
  return lowest_point(joint_positions(clip.frames[frame]));
}
}  // namespace

TEST_CASE("an empty clip, one frame, all bad: no harm") {
  Clip clip;
  level_floor(clip);
  clip.frames.resize(1);
  clip.frames[0].root.y() = 5;
  level_floor(clip);
  CHECK(low(clip, 0) == doctest::Approx(0).epsilon(1e-4));
  Clip bad = testing::dancing(30);
  level_floor(bad, std::vector<std::uint8_t>(30, 1));
  CHECK(std::abs(low(bad, 15)) < 0.02f);
}

TEST_CASE("the T-pose stands at zero") {
  CHECK(std::abs(lowest_point(rest_positions())) < 1e-6f);
}

TEST_CASE("a wrong height is taken away, and a slow drift of the floor too") {
  Clip clip = testing::dancing(180);
  for (std::size_t i = 0; i < clip.size(); ++i)
    clip.frames[i].root.y() += 0.4f + 0.04f * std::sin(static_cast<float>(i) * 0.03f);
  level_floor(clip);
  for (std::size_t i = 15; i < 165; ++i) CHECK(std::abs(low(clip, i)) < 0.025f);
}

TEST_CASE("a jump survives") {
  Clip clip;
  clip.frames.resize(120);
  for (std::size_t i = 60; i < 78; ++i) {
    const float t = static_cast<float>(i - 60) / 30.f;
    clip.frames[i].root.y() += 0.5f * 9.81f * t * (0.6f - t);
  }
  level_floor(clip);
  CHECK(low(clip, 69) > 0.40f);
  CHECK(std::abs(low(clip, 20)) < 0.005f);
  CHECK(std::abs(low(clip, 100)) < 0.005f);
}
