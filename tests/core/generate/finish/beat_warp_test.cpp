#include "generate/finish/beat_warp.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/generate/dancer.h"
#include "measure/beat_metrics.h"
#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

std::vector<double> speed_of(const motion::Clip& clip) {
  return measure::mean_joint_speed(motion::joint_positions(clip), 30);
}

motion::Clip snapped(const motion::Clip& clip, const std::vector<double>& beats, float amplitude) {
  return warped(clip, find_beat_warp(speed_of(clip), 30, beats, amplitude));
}

void check_rate(const BeatWarp& warp, double end, double slowest, double fastest) {
  double previous = warp.source_time(0);
  for (double t = 0.005; t < end; t += 0.005) {
    const double now = warp.source_time(t);
    CHECK_UNARY((now - previous) / 0.005 >= slowest);
    CHECK_UNARY((now - previous) / 0.005 <= fastest);
    previous = now;
  }
}

}  // namespace

TEST_CASE("beat warp: no motion, no beats, strange beats") {
  CHECK(warped({}, BeatWarp{}).frames.empty());
  const std::vector<double> speed(100, 1.0);
  for (const std::vector<double>& beats :
       {std::vector<double>{}, {1.0}, {-3.0, -2.0}, {500.0, 501.0}, {0.0, 1e-6, 2e-6, 4.0}}) {
    const BeatWarp warp = find_beat_warp(speed, 30, beats, 0.3f);
    check_rate(warp, 3.3, 0.4, 2);
    CHECK(find_beat_warp({}, 30, beats, 0.3f).source_time(1) == doctest::Approx(1).epsilon(0.2));
  }
  CHECK(BeatWarp{}.source_time(0.7) == 0.7);
  CHECK(warp_targets({1, 2, 3}, {1, 1.5, 2, 2.1, 3, 4}) == std::vector<double>{1, 1.5, 2, 3, 4});
}

TEST_CASE("beat warp: speed minima 0.1 s off the beat land on it, at a bounded rate") {
  const std::vector<double> beats = test::regular(0.4, 0.5, 20);
  for (double late : {-0.12, -0.08, 0.05, 0.1, 0.12}) {
    const motion::Clip before = test::swinging(600, 1.0, 0.4 + late);
    const motion::Clip after = snapped(before, beats, 0.f);
    CHECK(test::beat_align_score(before, beats) < 0.75);
    CHECK(test::beat_align_score(after, beats) > 0.85);
    check_rate(find_beat_warp(speed_of(before), 30, beats, 0.f), 20, 0.69, 1.36);
    check_rate(find_beat_warp(speed_of(before), 30, beats, 0.3f), 20, 0.45, 1.8);
  }
}

TEST_CASE("beat warp: minima far from every beat stay; what is on the beat stays") {
  const std::vector<double> beats = test::regular(0.5, 1.0, 20);
  const motion::Clip off = test::swinging(600, 1.0, 0.25);  // minima 0.25 s from every beat
  const BeatWarp warp = find_beat_warp(speed_of(off), 30, beats, 0.f);
  for (double o : warp.offsets) CHECK(o == 0.0);
  const motion::Clip on = test::swinging(600, 1.0, 0.5);
  for (double o : find_beat_warp(speed_of(on), 30, beats, 0.f).offsets) CHECK(std::abs(o) < 0.01);
}

TEST_CASE("beat ease: gives a steady movement its beats") {
  const std::vector<double> beats = test::regular(0.3, 0.5, 20);
  const motion::Clip steady = test::circling(600);
  CHECK(test::beat_align_score(steady, beats) < 0.5);
  CHECK(test::beat_align_score(snapped(steady, beats, 0.3f), beats) > 0.8);
}

TEST_CASE("beat warp: more motion does not change what was settled") {
  const std::vector<double> beats = test::regular(0.31, 0.47, 30);
  const motion::Clip whole = test::swinging(900, 0.9, 0.1);
  const std::vector<double> speed = speed_of(whole);
  const BeatWarp full = find_beat_warp(speed, 30, beats, 0.3f);
  for (std::size_t frames : {40u, 100u, 200u, 399u}) {
    const BeatWarp part = find_beat_warp(std::span<const double>(speed).first(frames - 1), 30, beats, 0.3f);
    const double settled = static_cast<double>(frames - 1) / 30 - kLongestKnotGap - kSnapLookahead;
    for (double t = 0; t < settled; t += 0.01) CHECK(part.source_time(t) == full.source_time(t));
  }
}

TEST_CASE("warped: rotations stay unit, no warp changes nothing") {
  const motion::Clip clip = test::swinging(100, 0.7, 0.2);
  const motion::Clip same = warped(clip, BeatWarp{});
  for (std::size_t i = 0; i < 100; ++i) CHECK(same.frames[i].root == clip.frames[i].root);
  const motion::Clip moved = snapped(clip, test::regular(0.3, 0.4, 4), 0.5f);
  for (const motion::Frame& f : moved.frames) {
    for (const motion::Quat& q : f.rotations) CHECK(q.norm() == doctest::Approx(1));
  }
}

TEST_CASE("beat warp: a hit slows the clock on its moment, smoothly, and leaves the rest alone") {
  BeatWarp warp;
  CHECK(warp.strike(3) == 3);
  warp.hits = {2, 2.1, 8, 9};  // the second is too near to the first to be told apart
  warp.hit = 0.5f;
  CHECK(warp.strike(2) == 2);
  CHECK(warp.strike(8) == 8);
  for (double t : {0.0, 1.7, 5.0, 7.7, 8.3, 8.5, 9.3, 100.0}) CHECK(warp.strike(t) == doctest::Approx(t));
  double last_rate = 1;
  for (double t = 7; t < 10; t += 0.005) {
    const double rate = (warp.source_time(t + 0.005) - warp.source_time(t)) / 0.005;
    CHECK(rate > 0.49);
    CHECK(rate < 1.5);
    CHECK(std::abs(rate - last_rate) < 0.1);
    CHECK(warp.strike(t) < t + 0.05);
    last_rate = rate;
  }
  CHECK((warp.strike(8.01) - warp.strike(7.99)) / 0.02 == doctest::Approx(0.5).epsilon(0.02));
}
