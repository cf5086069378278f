#include "audio/describe/moments.h"

#include <doctest/doctest.h>

#include <string>

#include "audio/describe/analysis.h"
#include "core/audio/describe/song_forms.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

namespace {
using Kind = Moment::Kind;

bool has(const std::vector<Moment>& moments, const Moment& wanted, double tolerance) {
  for (const Moment& m : moments) {
    if (m.kind == wanted.kind && std::abs(m.end - wanted.end) < 0.5 &&
        std::abs(m.start - wanted.start) < tolerance)
      return true;
  }
  return false;
}

MusicAnalysis heard(SongSpec spec, Song& song) {
  auto made = synthesize_song(spec);
  REQUIRE(made.ok());
  song = std::move(*made);
  auto music = analyze(song.pcm);
  REQUIRE(music.ok());
  return std::move(*music);
}
}  // namespace

TEST_CASE("moments of nothing and of short songs are none") {
  CHECK(find_moments({}, {}, {}, 0).empty());
  const std::vector<float> flat(300, 0.5f);
  const std::vector<double> bars = {0, 2, 4, 6, 8};
  CHECK(find_moments({flat, flat, flat, flat}, bars, {}, 10).empty());
}

TEST_CASE("a build-up with riser and snare roll, its drop, and a breakdown") {
  for (const double bpm : {110.0, 128.0, 140.0}) {
    for (const Groove groove : {Groove::pop, Groove::house}) {
      CAPTURE(bpm);
      SongSpec spec;
      spec.bpm = bpm;
      spec.groove = groove;
      spec.form = {{Part::intro, 4},     {Part::verse, 8}, {Part::build, 8},   {Part::chorus, 16},
                   {Part::breakdown, 8}, {Part::build, 4}, {Part::chorus, 16}, {Part::outro, 4}};
      Song song;
      const MusicAnalysis music = heard(spec, song);
      for (const Moment& truth : song.score.moments) {
        CAPTURE(static_cast<int>(truth.kind));
        CAPTURE(truth.start);
        // A build-up may be heard from a later bar on.
        CHECK(has(music.moments, truth, truth.kind == Kind::build_up ? 12 * 240 / bpm / 2 : 2.5));
      }
      for (const Moment& m : music.moments) {
        CHECK((m.strength > 0 && m.strength <= 1));
        CHECK(m.end >= m.start);
        CHECK((m.kind == Kind::drop) == (m.end == m.start));
      }
      CHECK(music.moments.size() <= song.score.moments.size() + 1);
    }
  }
}

TEST_CASE("songs without build-up or breakdown have no moments") {
  for (FormSong& song : songs_of_one_part()) {
    CAPTURE(song.name);
    Song made;
    CHECK(heard(song.spec, made).moments.empty());
  }
  for (const bool drums : {true, false}) {
    SongSpec spec;
    spec.drums = drums;
    spec.form = {{Part::verse, 8}, {Part::chorus, 8}, {Part::verse, 8}, {Part::chorus, 8}};
    Song made;
    CHECK(heard(spec, made).moments.empty());
  }
}
