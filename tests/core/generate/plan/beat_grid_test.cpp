#include "generate/plan/beat_grid.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/generate/fixture.h"

using namespace terpsi;
using namespace terpsi::generate;

TEST_CASE("beat grid: garbage") {
  audio::MusicAnalysis music;
  CHECK_FALSE(make_beat_grid(music, 120).known());
  music.beats = {1.0};
  CHECK_FALSE(make_beat_grid(music, 120).known());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  music.beats = {nan, 3, 2, 3, 3.01, HUGE_VAL, 4, 5};
  music.beat_in_bar = {1};
  music.tempo_bpm = nan;
  music.sections = {{nan, nan, 0}, {-1e300, 1e300, -7}};
  const BeatGrid grid = make_beat_grid(music, nan);
  CHECK(grid.beats == std::vector<double>{3, 4, 5});
  CHECK(dance_factor(0, 120) == 1);
  CHECK(dance_factor(nan, 120) == 1);
}

TEST_CASE("dance factor: the nearest octave") {
  CHECK(dance_factor(120, 120) == 1);
  CHECK(dance_factor(60, 120) == 2);
  CHECK(dance_factor(170, 90) == 0.5);
  CHECK(dance_factor(85, 120) == 1);
  CHECK(dance_factor(120 * std::sqrt(2.0), 120) == 1);  // equally near
}

TEST_CASE("beat grid: half tempo keeps the downbeats, double tempo adds the middles") {
  for (int pickup = 0; pickup < 4; ++pickup) {
    const auto music = test::small_song(32, 120, pickup);
    const BeatGrid half = make_beat_grid(music, 60);
    for (std::size_t i = 1; i < half.beats.size(); ++i)
      CHECK(half.beats[i] - half.beats[i - 1] == doctest::Approx(1));
    CHECK(half.beats[0] == doctest::Approx(music.beats[static_cast<std::size_t>(pickup % 2)]));
    const BeatGrid twice = make_beat_grid(music, 240);
    CHECK(twice.beats.size() == 2 * music.beats.size() - 1);
    CHECK(twice.beats[1] == doctest::Approx(music.beats[0] + 0.25));
  }
}

TEST_CASE("beat grid: phrases start on downbeats, 8-counts where sections start") {
  for (int pickup = 0; pickup < 4; ++pickup) {
    auto music = test::small_song(34, 120, pickup);
    CHECK(make_beat_grid(music, 120).anchor == pickup);
    const double shifted = music.beats[static_cast<std::size_t>(pickup) + 4];
    music.sections = {{0, shifted, 0}, {shifted, shifted + 8, 1}, {shifted + 8, 34, 0}};
    CHECK(make_beat_grid(music, 120).eight_anchor == pickup + 4);
  }
  auto waltz = test::small_song(30, 120, 2);
  waltz.beats_per_bar = 3;
  for (std::size_t i = 0; i < waltz.beats.size(); ++i)
    waltz.beat_in_bar[i] = static_cast<int>((i + 1) % 3) + 1;
  CHECK(make_beat_grid(waltz, 120).anchor == 2);
}

TEST_CASE("beat grid: one odd bar does not move the phrases") {
  auto music = test::small_song(60, 120, 1);
  for (std::size_t i = 90; i < 96; ++i) music.beat_in_bar[i] = static_cast<int>(i % 2) + 1;
  CHECK(make_beat_grid(music, 120).anchor == 1);
}

TEST_CASE("beat position and time: inverse of each other, also before the first and after the last beat") {
  BeatGrid grid;
  grid.beats = {1.0, 1.5, 2.1, 2.6};
  CHECK(beat_position(grid, 1.0) == doctest::Approx(0).scale(1));
  CHECK(beat_position(grid, 1.8) == doctest::Approx(1.5));
  CHECK(beat_position(grid, 0.0) == doctest::Approx(-2));
  CHECK(beat_position(grid, 3.1) == doctest::Approx(4));
  for (double t = -2; t < 6; t += 0.037)
    CHECK(beat_time(grid, beat_position(grid, t)) == doctest::Approx(t).scale(1));
  CHECK(local_tempo(grid, 1.7) == doctest::Approx(60 * 3 / 1.6));
  CHECK(local_tempo(grid, -100) == doctest::Approx(60 * 3 / 1.6));
  CHECK(local_tempo(grid, 100) > 0);
}
