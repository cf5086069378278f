#include "measure/beat_metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/golden.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;
using namespace terpsi::measure;

namespace {
// A body that swings sideways and stands still for a moment at every multiple of `period` seconds plus
// `phase`.
std::vector<JointPositions> stopping_dance(double period, double phase, double seconds) {
  std::vector<JointPositions> out;
  for (int i = 0; i < seconds * 30; ++i) {
    const double t = i / 30.0;
    const auto x = static_cast<float>(0.1 * std::cos(3.14159265358979 * (t - phase) / period));
    JointPositions p = rest_positions();
    for (Vec3& q : p) q.x() += x;
    out.push_back(p);
  }
  return out;
}

std::vector<double> beats_every(double period, double seconds) {
  std::vector<double> out;
  for (double t = period; t < seconds; t += period) out.push_back(t);
  return out;
}
}  // namespace

TEST_CASE("no beats, no motion, no time: zero scores") {
  CHECK(beat_metrics({}, 30, std::vector<double>{1.0}).score == 0);
  const auto joints = stopping_dance(0.5, 0, 4);
  CHECK(beat_metrics(joints, 30, {}).score == 0);
  CHECK(beat_metrics(joints, 0, std::vector<double>{1.0}).score == 0);
  CHECK(beat_metrics(joints, 30, std::vector<double>{-3, 99, INFINITY, NAN}).music_beats == 0);
  const BeatMetrics still =
      beat_metrics(std::vector<JointPositions>(90, rest_positions()), 30, std::vector<double>{1.0, 2.0});
  CHECK(still.score == 0);
  CHECK(still.dance_beats == 0);
  CHECK(still.sync_error == 0);
}

TEST_CASE("beat metrics agree with an independent implementation") {
  const auto joints = testing::golden_joints("joints");
  const std::vector<float> beats = testing::golden_values("beats"),
                           expected = testing::golden_values("beat_values"),
                           times = testing::golden_values("dance_beats");
  const std::vector<double> found = dance_beats(joints, 30);
  REQUIRE(found.size() == times.size());
  for (std::size_t i = 0; i < times.size(); ++i) CHECK(found[i] == doctest::Approx(times[i]).epsilon(1e-6));
  const BeatMetrics m = beat_metrics(joints, 30, std::vector<double>(beats.begin(), beats.end()));
  const double got[] = {
      m.score,      m.chance,          m.precision,           m.recall,   m.f1, m.rhythm_alignment,
      m.sync_error, m.alignment_error, m.alignment_error_ref, m.score_ref};
  REQUIRE(expected.size() == std::size(got));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-4));
  }
}

TEST_CASE(
    "a dance that stops on every beat scores near 1, one a third of a beat late near its chance level or "
    "below") {
  const std::vector<double> beats = beats_every(0.5, 20);
  const BeatMetrics on = beat_metrics(stopping_dance(0.5, 0, 20), 30, beats);
  CHECK(on.score > 0.85);  // the metric looks at speed half a frame early
  CHECK(on.excess > 0.5);
  CHECK(on.f1 > 0.9);
  CHECK(on.rhythm_alignment > 0.95);
  const BeatMetrics off = beat_metrics(stopping_dance(0.5, 0.17, 20), 30, beats);
  CHECK(off.score < 0.05);
  CHECK(off.excess < 0);
  CHECK(off.f1 == 0);
  CHECK(off.sync_error == doctest::Approx(0.16).epsilon(0.2));
}

TEST_CASE(
    "rests on the beat: no error by the rests, half a period by the peaks, and the reverse half a period "
    "later") {
  const std::vector<double> beats = beats_every(0.5, 20);
  const BeatMetrics on = beat_metrics(stopping_dance(0.5, 0, 20), 30, beats);
  CHECK(on.alignment_error < 0.025);
  CHECK(on.alignment_error_ref == doctest::Approx(0.25).epsilon(0.15));
  const BeatMetrics off = beat_metrics(stopping_dance(0.5, 0.25, 20), 30, beats);
  CHECK(off.alignment_error == doctest::Approx(0.25).epsilon(0.15));
  CHECK(off.alignment_error_ref < 0.03);
}

TEST_CASE("half as many stops: full precision, half the recall") {
  const BeatMetrics m = beat_metrics(stopping_dance(1.0, 0, 20), 30, beats_every(0.5, 20));
  CHECK(m.precision > 0.95);
  CHECK(m.recall == doctest::Approx(0.5).epsilon(0.06));
}

TEST_CASE("the published score at 30 fps forgives twice the distance; at 60 fps it is the same as ours") {
  auto joints = stopping_dance(0.5, 0.07, 20);
  const std::vector<double> beats = beats_every(0.5, 20);
  const BeatMetrics at30 = beat_metrics(joints, 30, beats);
  CHECK(at30.score_ref > at30.score + 0.2);
  std::vector<double> twice;
  for (const double t : beats) twice.push_back(t / 2);
  const BeatMetrics at60 = beat_metrics(joints, 60, twice);
  CHECK(at60.score_ref == doctest::Approx(at60.score));
}

TEST_CASE("the score uses seconds: the same dance at 60 fps scores the same") {
  const std::vector<double> music = {1.0, 2.0, 3.0}, dance = {1.05, 2.0, 3.1};
  const double expected = (std::exp(-0.5) + 1 + std::exp(-2.0)) / 3;
  CHECK(beat_align_score(music, dance) == doctest::Approx(expected));
}
