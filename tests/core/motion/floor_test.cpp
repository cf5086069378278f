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

TEST_CASE("settling: no frames; a dance that hangs in the air comes down, one that stands is left alone") {
  Clip clip;
  settle_on_floor(clip);
  CHECK(clip.size() == 0);
  clip = testing::dancing(150, 0.f);
  const Clip standing = clip;
  settle_on_floor(clip);
  for (std::size_t i = 0; i < 150; ++i)
    CHECK(std::abs(clip.frames[i].root.y() - standing.frames[i].root.y()) < 0.012f);
  for (Frame& f : clip.frames) f.root.y() += 0.05f;
  settle_on_floor(clip);
  for (std::size_t i = 0; i < 150; ++i) {
    CHECK(low(clip, i) < 0.02f);
    CHECK(low(clip, i) > -0.005f);
  }
}

TEST_CASE("settling: jumps stay jumps, nothing goes through the floor, the far future does not matter") {
  Clip clip;
  clip.frames.resize(120);
  for (std::size_t i = 0; i < 120; ++i) {
    const float t = static_cast<float>(i % 20) / 30.f;  // a jump of 0.47 s, then a short rest, 3 cm too high
    clip.frames[i].root.y() += 0.03f + std::max(0.f, 0.5f * 9.81f * t * (0.47f - t));
  }
  Clip settled = clip, part = clip;
  settle_on_floor(settled);
  for (std::size_t i = 0; i < 120; ++i) CHECK(low(settled, i) > -1e-4f);
  CHECK(low(settled, 67) > 0.2f);
  CHECK(low(settled, 77) < 0.01f);
  part.frames.resize(80);
  settle_on_floor(part);
  for (std::size_t i = 0; i + 9 < 80; ++i) CHECK(part.frames[i].root.y() == settled.frames[i].root.y());
}
