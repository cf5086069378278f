#include "audio/count/tempo.h"

#include <doctest/doctest.h>

#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("no onsets, or hardly any song, give a finite tempo and no strength") {
  for (const double seconds : {0.02, 1.0, 20.0}) {
    const std::vector<float> pulse = pulse_signal(spikes({}, seconds));
    const TempoCurve curve = track_tempo(pulse);
    REQUIRE_FALSE(curve.bpm.empty());
    CHECK(curve.strength == 0.0);
    for (const double bpm : curve.bpm) CHECK((bpm >= kMinBpm && bpm <= kMaxBpm));
    CHECK(std::isfinite(curve.at(-5)));
    CHECK(std::isfinite(curve.at(1e6)));
  }
  CHECK(pulse_signal({}).empty());
  CHECK(std::isfinite(track_tempo({}).median()));
}

TEST_CASE("even spikes give their tempo within half a percent, or a near octave of it") {
  for (const double bpm : {62.0, 80.0, 97.3, 120.0, 133.3, 150.0, 180.0, 200.0}) {
    CAPTURE(bpm);
    const TempoCurve curve = track_tempo(pulse_signal(spikes(every(60 / bpm, 0.3, 40), 40)));
    double ratio = curve.median() / bpm;
    if (ratio < 0.75) ratio *= 2;
    if (ratio > 1.5) ratio /= 2;
    CHECK(ratio == doctest::Approx(1.0).epsilon(0.005));
    CHECK(curve.strength > 0.5);
  }
}

TEST_CASE("a tempo that moves from 100 to 130 is followed") {
  std::vector<double> times = {0.5};
  while (times.back() < 60) times.push_back(times.back() + 60 / (100 + 0.5 * times.back()));
  const TempoCurve curve = track_tempo(pulse_signal(spikes(times, 60)));
  for (const double t : {8.0, 20.0, 30.0, 40.0, 52.0})
    CHECK(curve.at(t) == doctest::Approx(100 + 0.5 * t).epsilon(0.03));
}
