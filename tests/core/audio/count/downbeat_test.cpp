#include "audio/count/downbeat.h"

#include <doctest/doctest.h>

#include "audio/hear/chroma.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
// Chords that change at `changes`, taking turns through three triads.
std::vector<float> chords(const std::vector<double>& changes, double seconds) {
  const auto frames = static_cast<std::size_t>(seconds * 30);
  std::vector<float> out(frames * kChromaClasses, 0.05f);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto chord = static_cast<std::size_t>(
        std::upper_bound(changes.begin(), changes.end(), static_cast<double>(i) / 30 + 1e-6) -
        changes.begin());
    const std::size_t root = chord % 3 == 0 ? 0 : chord % 3 == 1 ? 5 : 7;
    for (const std::size_t step : {0u, 4u, 7u}) out[i * kChromaClasses + (root + step) % 12] = 1.0f;
  }
  return out;
}
}  // namespace

TEST_CASE("no beats, few beats and beats without evidence count in four") {
  CHECK(track_downbeats({}, spikes({}, 1), {}).beat_in_bar.empty());
  const std::vector<double> few = {0.5, 1.0, 1.5};
  CHECK(track_downbeats(few, spikes({}, 2), std::vector<float>(60 * 12, 0.0f)).beat_in_bar ==
        std::vector<int>{1, 2, 3});
  const std::vector<double> beats = every(0.5, 0, 20);
  const Downbeats bars = track_downbeats(beats, spikes({}, 20), std::vector<float>(600 * 12, 0.0f));
  REQUIRE(bars.beat_in_bar.size() == beats.size());
  CHECK(bars.beats_per_bar == 4);
  for (std::size_t k = 1; k < beats.size(); ++k)
    CHECK(bars.beat_in_bar[k] == bars.beat_in_bar[k - 1] % 4 + 1);
}

TEST_CASE("harmony that changes every fourth or every third beat gives the bar and its start") {
  for (const int meter : {3, 4}) {
    for (int first = 0; first < meter; ++first) {
      CAPTURE(meter);
      CAPTURE(first);
      const std::vector<double> beats = every(0.5, 0.1, 40);
      std::vector<double> changes;
      for (std::size_t k = static_cast<std::size_t>(first); k < beats.size();
           k += static_cast<std::size_t>(meter)) {
        changes.push_back(beats[k]);
      }
      const Downbeats bars = track_downbeats(beats, spikes(beats, 40), chords(changes, 40));
      CHECK(bars.beats_per_bar == meter);
      for (std::size_t k = 0; k < beats.size(); ++k) {
        CHECK(bars.beat_in_bar[k] == (static_cast<int>(k) + meter - first) % meter + 1);
      }
    }
  }
}

TEST_CASE("a kick on 1 and 3 and a snare on 2 and 4 are not turned around") {
  const std::vector<double> beats = every(0.5, 0.1, 40);
  std::vector<double> kicks, snares, changes;
  for (std::size_t k = 0; k < beats.size(); ++k) {
    (k % 2 == 1 ? kicks : snares).push_back(beats[k]);
    if (k % 8 == 3) changes.push_back(beats[k]);
  }
  OnsetStrength onset = spikes(beats, 40);
  onset.low = spikes(kicks, 40).whole;
  onset.mid = onset.high = spikes(snares, 40).whole;
  const Downbeats bars = track_downbeats(beats, onset, chords(changes, 40));
  CHECK(bars.beat_in_bar[3] == 1);
  CHECK(bars.beat_in_bar[7] == 1);
}
