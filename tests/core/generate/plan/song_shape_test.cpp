#include "generate/plan/song_shape.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/generate/fixture.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

void silence(audio::MusicAnalysis& music, double from, double to) {
  for (std::size_t i = 0; i < music.frames; ++i) {
    const double t = static_cast<double>(i) / 30;
    if (t >= from && t < to) music.loudness[i] = 0.f, music.onset[i] = 0.f;
  }
}

}  // namespace

TEST_CASE("song shape: garbage") {
  audio::MusicAnalysis music;
  CHECK(song_shape(music).final_beat < 0);
  CHECK(section_at({}, 3) == 0);
  const double nan = std::nan("");
  music = test::small_song(20);
  music.beats = {nan, 3, 2, 1e300, 7};
  music.beat_in_bar.clear();
  music.loudness = {std::numeric_limits<float>::quiet_NaN()};
  music.onset.clear();
  music.sections = {{nan, 3, 1}, {2, 1, -5}, {1, 0, 7}, {5, HUGE_VAL, 1}, {6, 9, -5}};
  const SongShape shape = song_shape(music);
  CHECK(shape.sections.size() == 2);
  CHECK(shape.occurrence == std::vector<int>{0, 1});
  CHECK(shape.final_beat <= 20 - kShortestHold);
  CHECK(song_shape(test::small_song(4)).final_beat < 0);  // too short to be shaped
}

TEST_CASE("song shape: how often a section has come and how loud it is") {
  const SongShape shape = song_shape(test::small_song(64));
  CHECK(shape.occurrence == std::vector<int>{0, 0, 1, 1});
  CHECK(shape.loudness[1] == doctest::Approx(0.9).epsilon(0.01));
  CHECK(shape.loudness[2] == doctest::Approx(0.5).epsilon(0.01));
  CHECK(section_at(shape.sections, -1) == 0);
  CHECK(section_at(shape.sections, 17) == 1);
  CHECK(section_at(shape.sections, 99) == 3);
}

TEST_CASE("song shape: the final beat is a strong one before the music ends") {
  auto music = test::small_song(64);  // beats at 0.1 + 0.5 k, downbeats at 0.1 + 2 k
  CHECK(song_shape(music).final_beat == doctest::Approx(62.1));
  silence(music, 51, 64);
  CHECK(song_shape(music).final_beat == doctest::Approx(50.1));
  music.onset[static_cast<std::size_t>(std::lround(50.6 * 30))] = 1.f;
  for (int i = 1496; i < 1510; ++i) music.onset[static_cast<std::size_t>(i)] = 0.1f;  // a weak downbeat
  CHECK(song_shape(music).final_beat == doctest::Approx(50.6));
}

TEST_CASE("song shape: the first beat is the first that can be heard") {
  auto music = test::small_song(64);
  CHECK(song_shape(music).first_beat == doctest::Approx(0.1));
  silence(music, 0, 5);
  CHECK(song_shape(music).first_beat > 4.6);
  CHECK(song_shape(music).first_beat < 5.2);
}
