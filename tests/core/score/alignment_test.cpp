#include "score/alignment.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace terpsi;
using namespace terpsi::score;

namespace {

audio::Metre even(double period, int count) {
  audio::Metre metre;
  metre.confidence = 1;
  for (int k = 0; k < count; ++k) {
    metre.beats.push_back(period * k);
    metre.beat_in_bar.push_back(k % 4 + 1);
  }
  return metre;
}

// Notes every half beat, `late` beats after the grid; `off_beats` of them for each one on the beat.
Score played(double period, double late, int off_beats = 0, double loose = 0) {
  Score score;
  for (int k = 0; k < 40; ++k) {
    const double at = period * (k + late + loose * std::sin(12.9898 * k));
    score.notes.push_back({at, at + 0.1, 60, 100, 100, 0, 0, false});
    for (int n = 0; n < off_beats; ++n)
      score.notes.push_back({at + period / 2, at + period, 64, 100, 100, 0, 0, false});
  }
  return score;
}

}  // namespace

TEST_CASE("nothing to compare: the beats stand") {
  CHECK(beats_off({}, {}) == 0);
  CHECK(beats_off(played(0.5, 0.3), {}) == 0);
  CHECK(beats_off({}, even(0.5, 40)) == 0);
  CHECK(beats_off(played(0.5, 0.3), even(0.5, 8)) == 0);  // too few notes between beats
}

TEST_CASE("notes on the beats, between them, or anywhere: the beats stand") {
  CHECK(beats_off(played(0.5, 0), even(0.5, 41)) == 0);
  CHECK(beats_off(played(0.5, 0, 3), even(0.5, 41)) == 0);         // most of them off the beat
  CHECK(beats_off(played(0.5, 0.5), even(0.5, 41)) == 0);          // half a beat late is no proof
  CHECK(beats_off(played(0.5, 0.1, 1, 0.5), even(0.5, 41)) == 0);  // played freely
}

TEST_CASE("notes beside the beats: the beats go where they are") {
  for (const double late : {0.06, 0.11, 0.18, 0.4, -0.31, -0.42, -0.06}) {
    const Score score = played(0.6, late, 0);
    CHECK(beats_off(score, even(0.6, 42)) == doctest::Approx(late).epsilon(0.1));
    const audio::Metre moved = aligned(even(0.6, 42), score);
    CHECK(moved.confidence == doctest::Approx(0.8));
    REQUIRE(moved.beats.size() == moved.beat_in_bar.size());
    const std::size_t first = late < 0 ? 1 : 0;  // the beat before 0 is dropped
    CHECK(moved.beat_in_bar[0] == (late < 0 ? 2 : 1));
    for (std::size_t k = 0; k + 2 < 40; ++k)
      CHECK(std::abs(moved.beats[k] - 0.6 * (static_cast<double>(k + first) + late)) < 0.6 / 96);
  }
}
