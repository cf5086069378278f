#include "synth/synth.h"

#include <doctest/doctest.h>

#include "core/audio/signals.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;

TEST_CASE("songs that make no sense are refused") {
  const auto refused = [](auto change) {
    SongSpec spec;
    change(spec);
    const auto song = synthesize_song(spec);
    return !song.ok() && song.error().message.size() > 20;
  };
  CHECK(refused([](SongSpec& s) { s.bpm = 0; }));
  CHECK(refused([](SongSpec& s) { s.bpm = std::nan(""); }));
  CHECK(refused([](SongSpec& s) { s.bpm_end = 1e9; }));
  CHECK(refused([](SongSpec& s) { s.beats_per_bar = 5; }));
  CHECK(refused([](SongSpec& s) { s.swing = -1; }));
  CHECK(refused([](SongSpec& s) { s.lead_in = std::nan(""); }));
  CHECK(refused([](SongSpec& s) { s.sample_rate = 0; }));
  CHECK(refused([](SongSpec& s) { s.form.clear(); }));
  CHECK(refused([](SongSpec& s) { s.form[0].bars = 0; }));
  CHECK(refused([](SongSpec& s) { s.form[0].bars = 2000000000; }));
}

TEST_CASE("the demo song: about a minute, loud enough, finite, its score in order") {
  const auto song = synthesize_song({});
  REQUIRE(song.ok());
  CHECK(song->pcm.seconds() == doctest::Approx(song->score.duration).epsilon(1e-3));
  CHECK((song->score.duration > 55 && song->score.duration < 75));
  float top = 0;
  double square = 0;
  for (const float v : song->pcm.samples) {
    REQUIRE(std::isfinite(v));
    top = std::max(top, std::abs(v));
    square += v * v;
  }
  CHECK(top == doctest::Approx(0.9).epsilon(1e-3));
  CHECK(std::sqrt(square / static_cast<double>(song->pcm.samples.size())) > 0.08);
  const SongScore& score = song->score;
  REQUIRE(score.beats.size() == 32 * 4);
  REQUIRE(score.beat_in_bar.size() == score.beats.size());
  for (std::size_t k = 1; k < score.beats.size(); ++k)
    CHECK(score.beats[k] - score.beats[k - 1] == doctest::Approx(60 / 118.0));
  REQUIRE(score.sections.size() == 6);
  for (std::size_t k = 1; k < 6; ++k) CHECK(score.sections[k].start == score.sections[k - 1].end);
  CHECK(score.sections[2].label == score.sections[4].label);
  CHECK(score.sections.back().end == score.duration);
}

TEST_CASE("the same seed gives the same samples, another seed another song") {
  SongSpec spec;
  spec.form = {{Part::verse, 2}, {Part::chorus, 2}};
  const auto a = synthesize_song(spec), b = synthesize_song(spec);
  REQUIRE(a.ok());
  CHECK(a->pcm.samples == b->pcm.samples);
  spec.seed = 8;
  CHECK(synthesize_song(spec)->pcm.samples != a->pcm.samples);
}

TEST_CASE("any rate, three beats, swing and a moving tempo") {
  for (const int rate : {8000, 48000, 192000}) {
    SongSpec spec;
    spec.sample_rate = rate;
    spec.beats_per_bar = 3;
    spec.swing = 0.33;
    spec.bpm = 90;
    spec.bpm_end = 120;
    spec.form = {{Part::chorus, 2}, {Part::breakdown, 1}};
    const auto song = synthesize_song(spec);
    REQUIRE(song.ok());
    CHECK(song->score.beats.size() == 9);
    CHECK(song->score.beat_in_bar[3] == 1);
    CHECK(song->score.beats[8] - song->score.beats[7] < song->score.beats[1] - song->score.beats[0]);
    for (const float v : song->pcm.samples) REQUIRE(std::isfinite(v));
  }
}

TEST_CASE("other chords and tunes make other sections; build-ups lead to drops") {
  SongSpec spec;
  spec.form = {{Part::chorus, 2, 3}};
  CHECK_FALSE(synthesize_song(spec).ok());
  spec.form = {{Part::chorus, 2, 0, -1}};
  CHECK_FALSE(synthesize_song(spec).ok());
  spec.form = {{Part::chorus, 2},    {Part::chorus, 2, 1}, {Part::chorus, 2, 0, 1}, {Part::bridge, 2},
               {Part::breakdown, 2}, {Part::build, 2},     {Part::verse, 2}};
  for (const Groove groove : {Groove::pop, Groove::house, Groove::latin, Groove::breakbeat}) {
    for (const int meter : {3, 4}) {
      spec.groove = groove;
      spec.beats_per_bar = meter;
      const auto song = synthesize_song(spec);
      REQUIRE(song.ok());
      const SongScore& score = song->score;
      CHECK(score.sections[0].label != score.sections[1].label);
      CHECK(score.sections[0].label != score.sections[2].label);
      REQUIRE(score.moments.size() == 3);
      CHECK(score.moments[0].kind == Moment::Kind::breakdown);
      CHECK(score.moments[1].kind == Moment::Kind::build_up);
      CHECK(score.moments[2].kind == Moment::Kind::drop);
      CHECK(score.moments[2].start == score.sections[6].start);
    }
  }
}
