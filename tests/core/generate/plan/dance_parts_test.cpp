#include "generate/plan/dance_parts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/generate/fixture.h"
#include "generate/plan/phrase_plan.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

TEST_CASE("dance parts: without a beat, spans too near to each other, beyond the end") {
  const ModelInfo model = test::small_model();
  audio::MusicAnalysis music = test::small_song(20);
  music.beats.clear();
  auto parts = dance_parts(music, model, {{0, 0}, {7, 1}}, {}, 20);
  REQUIRE(parts.size() == 2);
  CHECK_FALSE(parts[1].grid.known());
  CHECK(parts[1].start == 7);
  CHECK(parts[1].end == 20);
  CHECK(dance_beats(parts).empty());

  music = test::small_song(20);
  parts = dance_parts(music, model, {{0, 0}, {8, 1}, {8.3, 0}, {50, 1}}, {}, 20);
  CHECK(parts.size() == 1);
  parts = dance_parts(music, model, {{0, 0}, {0.2, 1}}, {}, 20);
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].style == 1);
  CHECK(parts[0].start == 0);
  parts = dance_parts(music, model, {{0, 0}, {std::nan(""), 1}}, {}, 20);
  CHECK(parts.size() == 1);
}

TEST_CASE("dance parts: a style of another pulse starts its phrase where a phrase of the last one starts") {
  const ModelInfo model = test::small_model();  // slow 90, fast 128
  for (int pickup = 0; pickup < 4; ++pickup) {
    const auto music = test::small_song(64, 180, pickup);  // slow at half tempo, fast at 180
    const auto parts = dance_parts(music, model, {{0, 0}, {16.3, 1}, {40, 0}}, {}, 64);
    REQUIRE(parts.size() == 3);
    for (std::size_t i = 1; i < 3; ++i) {
      CHECK(std::abs(parts[i].start - (i == 1 ? 16.3 : 40)) < 1.4);  // half a phrase of the part before
      const auto phase = [&](const BeatGrid& grid) {
        return (beat_position(grid, parts[i].start) - grid.anchor) / kPhraseBeats;
      };
      CHECK(std::abs(std::remainder(phase(parts[i - 1].grid), 1.0)) < 1e-6);
      CHECK(std::abs(std::remainder(phase(parts[i].grid), 1.0)) < 1e-6);
      CHECK(parts[i].start == parts[i - 1].end);
    }
    CHECK(local_tempo(parts[0].grid, 5) == doctest::Approx(90));
    CHECK(local_tempo(parts[1].grid, 30) == doctest::Approx(180));
    CHECK(local_tempo(parts[2].grid, 50) == doctest::Approx(90));
    const std::vector<double> beats = dance_beats(parts);
    for (std::size_t i = 1; i < beats.size(); ++i) {
      const double gap = beats[i] - beats[i - 1];
      CHECK((std::abs(gap - 60 / 90.0) < 1e-6 || std::abs(gap - 60 / 180.0) < 1e-6));
    }
  }
}

TEST_CASE("dance parts: styles of one pulse share the grid") {
  ModelInfo model = test::small_model();
  model.styles[0].bpm = 120;
  const auto parts = dance_parts(test::small_song(64, 120, 2), model, {{0, 0}, {17, 1}}, {}, 64);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].grid.beats == parts[1].grid.beats);
  CHECK(parts[0].grid.anchor == parts[1].grid.anchor);
  CHECK(part_at(parts, 3) == 0);
  CHECK(part_at(parts, 20) == 1);
}

TEST_CASE("dance parts: phrases start where sections do") {
  const ModelInfo model = test::small_model();
  auto music = test::small_song(64, 180, 0, 0);  // slow at half tempo: a phrase is 8 beats, two bars
  const double bar = 4 * 60 / 180.0;
  music.sections = {{0, 9 * bar, 0}, {9 * bar, 20 * bar, 1}, {20 * bar, 24 * bar, 0}, {24 * bar, 64, 1}};
  const auto parts = dance_parts(music, model, {{0, 0}}, music.sections, 64);
  REQUIRE(parts.size() == 3);  // the last section starts on a phrase of the one before
  CHECK(parts[1].start == doctest::Approx(9 * bar));
  CHECK(parts[2].start == doctest::Approx(20 * bar));
  for (const DancePart& part : parts) {
    const double phase = (beat_position(part.grid, part.start) - part.grid.anchor) / kPhraseBeats;
    CHECK(std::abs(phase - std::round(phase)) < 1e-6);
    CHECK(part.grid.beats == parts[0].grid.beats);
  }
  const auto slots = phrase_slots(parts, music.sections, 64, music.loudness);
  for (std::size_t i = 1; i < slots.size(); ++i) {
    CHECK(slots[i].start == doctest::Approx(slots[i - 1].end));
    const double length = (slots[i].end - slots[i].start) / bar;
    CHECK((std::abs(length - 2) < 1e-6 || std::abs(length - 1) < 1e-6));
  }
  const auto shorter = std::count_if(slots.begin(), slots.end(),
                                     [&](const PhraseSlot& s) { return s.end - s.start < 1.5 * bar; });
  CHECK(shorter == 2);
}
