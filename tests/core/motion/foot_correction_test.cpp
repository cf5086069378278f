#include "motion/foot_correction.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace terpsi::motion;

namespace {
struct Track {
  std::vector<Vec3> ankle, ball;
};

// A foot, sole on the floor, that stands for `stand` frames, travels 0.6 m along x for 12 frames, and stands
// again.
Track sliding_foot(std::size_t stand) {
  Track out;
  for (std::size_t i = 0; i < 2 * stand + 12; ++i) {
    const float u = std::clamp((static_cast<float>(i) - static_cast<float>(stand)) / 12.f, 0.f, 1.f);
    const float x = 0.6f * u * u * (3 - 2 * u);
    out.ankle.emplace_back(x, kAnkleRestHeight, 0.f);
    out.ball.emplace_back(x, kFootRestHeight, 0.125f);
  }
  return out;
}
}  // namespace

TEST_CASE("foot correction: no frames, no plants") {
  FootCorrection none = plant_foot({}, {}, 30);
  lift_travelling_foot({}, {}, 30, none);
  CHECK(none.heel_rise.empty());
  const Track still = sliding_foot(0);
  const FootCorrection free = plant_foot(still.ball, {}, 30);
  for (const Vec3& s : free.shift) CHECK(s == Vec3::Zero());
}

TEST_CASE("foot correction: a foot that slides along the floor steps; one that stands is let be") {
  const Track foot = sliding_foot(20);
  Plant first{0, 20, foot.ball[0], false}, second{32, 52, foot.ball[51], false};
  FootCorrection c = plant_foot(foot.ball, {first, second}, 30);
  lift_travelling_foot(foot.ankle, foot.ball, 30, c);
  for (const std::size_t i : {5u, 12u, 40u, 50u}) {
    CHECK(c.shift[i].norm() < 1e-4f);
    CHECK(c.heel_rise[i] == 0);
  }
  for (std::size_t i = 0; i + 1 < foot.ball.size(); ++i) {
    const float speed = 30 * (foot.ball[i + 1] + c.shift[i + 1] - foot.ball[i] - c.shift[i]).norm();
    if (speed < 0.85f) continue;  // fast: the ball is up, and the heel further
    CHECK(c.shift[i].y() > 0.024f);
    CHECK(c.shift[i].y() + c.heel_rise[i] > 0.039f);
  }
}

TEST_CASE("foot correction: a foot that turns on its ball lifts the heel and keeps the ball") {
  Track foot;
  for (int i = 0; i < 60; ++i) {
    const float angle =
        0.15f * static_cast<float>(std::clamp(i - 20, 0, 20));  // 4.5 rad/s: 28 cm/s on the mean
    foot.ball.emplace_back(0.f, kFootRestHeight, 0.f);
    foot.ankle.emplace_back(0.125f * std::sin(angle), kAnkleRestHeight, -0.125f * std::cos(angle));
  }
  FootCorrection c = plant_foot(foot.ball, {{0, 60, foot.ball[0], false}}, 30);
  lift_travelling_foot(foot.ankle, foot.ball, 30, c);
  CHECK(c.heel_rise[10] == 0);
  CHECK(c.heel_rise[30] > 0.02f);
  CHECK(c.heel_rise[55] == 0);
  for (const Vec3& s : c.shift) CHECK(s.norm() < 1e-5f);
}

TEST_CASE(
    "foot correction: the farther a foot travels the higher it is lifted; no frame waits long for later "
    "ones") {
  const auto lifted = [](int frames, float metres, std::size_t seen) {
    Track foot;
    for (int i = 0; i < 120; ++i) {
      const float u = std::clamp(static_cast<float>(i - 20) / static_cast<float>(frames), 0.f, 1.f);
      foot.ball.emplace_back(metres * u, kFootRestHeight, 0.f);
      foot.ankle.emplace_back(metres * u, kAnkleRestHeight, -0.125f);
    }
    foot.ball.resize(seen), foot.ankle.resize(seen);
    FootCorrection c = plant_foot(foot.ball, {}, 30);
    lift_travelling_foot(foot.ankle, foot.ball, 30, c);
    return c;
  };
  const auto highest = [](const FootCorrection& c) {
    float out = 0;
    for (const Vec3& s : c.shift) out = std::max(out, s.y());
    return out;
  };
  CHECK(highest(lifted(6, 0.15f, 120)) == doctest::Approx(0.032f).epsilon(0.02));
  CHECK(highest(lifted(10, 0.6f, 120)) == doctest::Approx(0.047f).epsilon(0.02));
  // A foot that glides for three seconds: what is lifted at first does not depend on how long it goes on.
  const FootCorrection whole = lifted(90, 2.4f, 120), part = lifted(90, 2.4f, 60);
  for (std::size_t i = 0; i < 30; ++i) CHECK(whole.shift[i] == part.shift[i]);
}
