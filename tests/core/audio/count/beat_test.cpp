#include "audio/count/beat.h"

#include <doctest/doctest.h>

#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
std::vector<double> grid_of(const OnsetStrength& onset, double seconds) {
  const std::vector<float> pulse = pulse_signal(onset);
  const TempoCurve tempo = track_tempo(pulse);
  const std::vector<MetricalLevel> levels = rank_metrical_levels(onset, pulse, tempo);
  REQUIRE_FALSE(levels.empty());
  return extend_beat_grid(levels.front().beats, 60 / (levels.front().factor * tempo.median()), seconds);
}

OnsetStrength jittered(const std::vector<double>& times, double seconds, double spread) {
  std::vector<double> moved = times;
  std::uint32_t seed = 5;
  for (double& t : moved) {
    seed = seed * 1664525u + 1013904223u;
    t += spread * (static_cast<double>(seed >> 8) / 8388608.0 - 1);
  }
  return spikes(moved, seconds);
}
}  // namespace

TEST_CASE("grids without anything to hold on to cover the song evenly") {
  for (const double seconds : {0.02, 1.0, 12.0}) {
    const std::vector<double> grid = grid_of(spikes({}, seconds), seconds);
    CHECK_FALSE(grid.empty());
    for (std::size_t k = 0; k < grid.size(); ++k) {
      CHECK((grid[k] >= 0 && grid[k] < seconds));
      if (k > 0) CHECK(grid[k] - grid[k - 1] > 0.2);
    }
  }
  CHECK(track_beats({}, TempoCurve{{120.0}, 0}, 1).empty());
  CHECK(extend_beat_grid({}, 0.5, 2.0) == std::vector<double>{0.0, 0.5, 1.0, 1.5});
  CHECK(extend_beat_grid({1.1}, 0.5, 2.0).size() == 4);
}

TEST_CASE("even beats are met within 3 ms although frames are 11 ms apart") {
  for (const double bpm : {83.0, 97.3, 120.0, 141.7}) {
    CAPTURE(bpm);
    const std::vector<double> beats = every(60 / bpm, 0.41, 40);
    const std::vector<double> grid = grid_of(spikes(beats, 40), 40);
    CHECK(f_measure(beats, grid, 0.2) > 0.98);
    CHECK(std::abs(mean_offset(beats, grid)) < 0.003);
    CHECK(f_measure(beats, grid, 1, 0.006) > 0.97);
  }
}

TEST_CASE("the grid runs on through 16 seconds without onsets") {
  const std::vector<double> beats = every(60 / 126.0, 0.2, 60);
  std::vector<double> heard = beats;
  std::erase_if(heard, [](double t) { return t > 20 && t < 36; });
  const std::vector<double> grid = grid_of(spikes(heard, 60), 60);
  CHECK(f_measure(beats, grid, 0.3, 0.02) > 0.99);
}

TEST_CASE("played beats, some 20 ms early or late, still give a smooth grid") {
  const std::vector<double> beats = every(0.55, 0.3, 50);
  const std::vector<double> grid = grid_of(jittered(beats, 50, 0.02), 50);
  CHECK(f_measure(beats, grid, 1) > 0.98);
  for (std::size_t k = 1; k < grid.size(); ++k)
    CHECK(grid[k] - grid[k - 1] == doctest::Approx(0.55).epsilon(0.05));
}

TEST_CASE("strong beats with weak quavers between are not taken for twice the tempo") {
  const std::vector<double> beats = every(60 / 88.0, 0.5, 40);
  OnsetStrength onset = spikes(beats, 40);
  const OnsetStrength weak = spikes(every(60 / 88.0, 0.5 + 30 / 88.0, 40), 40, 0.25f);
  for (std::size_t t = 0; t < onset.whole.size(); ++t) {
    onset.whole[t] += weak.whole[t];
    onset.high[t] += weak.high[t];
  }
  CHECK(f_measure(beats, grid_of(onset, 40), 1) > 0.98);
}
