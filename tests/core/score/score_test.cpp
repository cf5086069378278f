#include "score/score.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/score/midi_writer.h"
#include "score/midi_file.h"

using namespace terpsi;
using namespace terpsi::score;
using namespace terpsi::score::testing;

namespace {

// A note of `quarters` under a map of tempi and signatures; 480 ticks a quarter.
Score song_of(Track map, int quarters) {
  const auto score = read_midi(
      file(1, 480,
           {map.end(), Track().on(0, 0, 60).off(static_cast<std::uint32_t>(480 * quarters), 0, 60).end()}));
  REQUIRE(score.ok());
  return *score;
}

void same(const std::vector<double>& found, const std::vector<double>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(wanted[i]).epsilon(1e-9));
}

}  // namespace

TEST_CASE("an empty score has no beats, and nothing breaks") {
  const audio::Metre metre = score_metre({}, 10);
  CHECK(metre.beats.empty());
  CHECK(metre.confidence == 0);
  CHECK(note_density({}, 5) == std::vector<float>(5, 0.0f));
  CHECK(metre_between(metre, 0, 5).beats.empty());
}

TEST_CASE("absurd maps give beats that ascend, at least 0.1 s apart") {
  for (const int power : {0, 2, 4, 6}) {
    for (const int microseconds : {1, 1000, 16777215}) {
      for (const int numerator : {1, 7, 24, 64}) {
        const Score score =
            song_of(Track().signature(0, numerator, power).tempo(0, microseconds).tempo(100, 500000), 8);
        const audio::Metre metre = score_metre(score, score.duration + 1);
        REQUIRE(metre.beats.size() == metre.beat_in_bar.size());
        CHECK((metre.beats_per_bar >= 1 && metre.beats_per_bar <= 12));
        CHECK(std::isfinite(metre.bpm));
        for (std::size_t k = 1; k < metre.beats.size(); ++k)
          CHECK(metre.beats[k] >= metre.beats[k - 1] + 0.0999);
        for (const int place : metre.beat_in_bar) CHECK((place >= 1 && place <= 12));
      }
    }
  }
}

TEST_CASE("4/4 at 120: quarters from 0 to the end") {
  const Score score = song_of(Track(), 8);
  CHECK(score.duration == doctest::Approx(4));
  REQUIRE(score.bars.size() == 2);
  const audio::Metre metre = score_metre(score, 4.9);
  same(metre.beats, {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5});
  CHECK(metre.beat_in_bar == std::vector<int>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2});
  CHECK(metre.beats_per_bar == 4);
  CHECK(metre.bpm == doctest::Approx(120));
  CHECK(metre.confidence == 1);
}

TEST_CASE("metres are counted as dancers count them") {
  struct Case {
    int numerator, power, microseconds;  // of a quarter
    std::vector<double> beats;           // of a bar, in quarters
  };
  for (const Case& c : {Case{2, 2, 500000, {0, 1}},
                        {3, 2, 500000, {0, 1, 2}},
                        {5, 2, 500000, {0, 1, 2, 3, 4}},
                        {2, 1, 500000, {0, 2}},
                        {2, 1, 900000, {0, 1, 2, 3}},  // slow halves
                        {3, 1, 500000, {0, 2, 4}},
                        {6, 3, 500000, {0, 1.5}},
                        {9, 3, 500000, {0, 1.5, 3}},
                        {12, 3, 500000, {0, 1.5, 3, 4.5}},
                        {12, 4, 900000, {0, 0.75, 1.5, 2.25}},
                        {7, 3, 500000, {0, 1, 2}},                        // 2 + 2 + 3
                        {5, 3, 500000, {0, 1}},                           // 2 + 3
                        {4, 3, 500000, {0, 1}},                           // 2 + 2
                        {3, 3, 500000, {0}},                              // one
                        {7, 3, 1000000, {0, 0.5, 1, 1.5, 2, 2.5, 3}}}) {  // slow quavers
    const Score score = song_of(Track().tempo(0, c.microseconds).signature(0, c.numerator, c.power), 60);
    const double length = 4.0 * c.numerator / (1 << c.power);
    std::vector<double> wanted;
    std::vector<int> places;
    for (int bar = 0; bar < 3; ++bar) {
      int place = 0;
      for (const double at : c.beats) {
        wanted.push_back((bar * length + at) * c.microseconds * 1e-6);
        places.push_back(++place);
      }
    }
    INFO(c.numerator << "/" << (1 << c.power));
    audio::Metre metre = score_metre(score, score.duration);
    CHECK(metre.beats_per_bar == static_cast<int>(c.beats.size()));
    metre.beats.resize(wanted.size());
    metre.beat_in_bar.resize(wanted.size());
    same(metre.beats, wanted);
    CHECK(metre.beat_in_bar == places);
  }
}

TEST_CASE("signatures and tempi change in mid-song; a bar may be cut short") {
  // Two bars of 4/4, 6/8 from quarter 8, cut after half a bar by 3/4 from 12.5 (12 is two and a half bars).
  Track map;
  map.signature(0, 4, 2).tempo(0, 500000).signature(8 * 480, 6, 3).tempo(480, 1000000);
  map.signature(3 * 480 + 240, 3, 2);
  const Score score = song_of(map, 20);
  std::vector<double> places, lengths;
  for (const Bar& bar : score.bars) {
    places.push_back(bar.place);
    lengths.push_back(bar.length);
  }
  same(places, {0, 4, 8, 11, 12.5, 15.5, 18.5});
  same(lengths, {4, 4, 3, 1.5, 3, 3, 3});
  CHECK(score.bars[2].start == doctest::Approx(4.0));
  CHECK(score.bars[3].start == doctest::Approx(4.5 + 2.0));
  const audio::Metre metre = score_metre(score, score.duration);
  CHECK(metre.beat_in_bar == std::vector<int>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 1, 1, 2, 3, 1, 2, 3, 1, 2});
  CHECK(metre.beats_per_bar == 3);
}

TEST_CASE("a pickup is the end of a bar") {
  const Score score = song_of(Track().signature(0, 1, 2).signature(480, 4, 2), 9);
  const audio::Metre metre = score_metre(score, score.duration);
  CHECK(metre.beat_in_bar == std::vector<int>{4, 1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(metre.beats_per_bar == 4);
  const Score waltz = song_of(Track().signature(0, 3, 3).signature(3 * 240, 6, 3), 8);  // half a bar of 6/8
  CHECK(score_metre(waltz, 1.8).beat_in_bar == std::vector<int>{2, 1, 2});
}

TEST_CASE("long bars are counted in fours or threes") {
  const auto places = [](int numerator) {
    const Score score = song_of(Track().signature(0, numerator, 2), numerator);
    const audio::Metre metre = score_metre(score, score.duration);
    CHECK(metre.beats.size() == static_cast<std::size_t>(numerator));
    return std::pair(metre.beats_per_bar, metre.beat_in_bar);
  };
  CHECK(places(16).first == 4);
  CHECK(places(16).second[4] == 1);
  CHECK(places(15).first == 3);
  CHECK(places(15).second[5] == 3);
}

TEST_CASE("a part of a metre starts at 0") {
  const Score score = song_of(Track(), 8);
  const audio::Metre part = metre_between(score_metre(score, 4), 0.75, 2.5);
  same(part.beats, {0.25, 0.75, 1.25});
  CHECK(part.beat_in_bar == std::vector<int>{3, 4, 1});
  CHECK(part.confidence == 1);
}

TEST_CASE("note density: notes per second, and its sum is their number") {
  Track quavers;
  for (int i = 0; i < 40; ++i) quavers.on(i == 0 ? 1920 : 0, 0, 60).off(240, 0, 60);
  const auto score = read_midi(file(0, 480, {quavers.end()}));
  REQUIRE(score.ok());
  const std::vector<float> density = note_density(*score, 400);
  CHECK(density[150] == doctest::Approx(4).epsilon(0.01));  // one every 0.25 s
  CHECK(density[0] == 0);
  CHECK(density[399] == 0);
  double sum = 0;
  for (const float v : density) sum += static_cast<double>(v) / 30;
  CHECK(sum == doctest::Approx(40).epsilon(0.001));
  CHECK(note_density(*score, 100, 5)[0] == doctest::Approx(density[150]).epsilon(1e-6));
}
