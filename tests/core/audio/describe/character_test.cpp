#include "audio/describe/character.h"

#include <doctest/doctest.h>

#include "audio/describe/analysis.h"
#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

namespace {
Character of(std::vector<float> samples) {
  const auto music = analyze({std::move(samples), kAnalysisRate});
  REQUIRE(music.ok());
  const Character& c = music->character;
  for (double v : {c.energy, c.percussion, c.brightness, c.bass, c.tonality, c.swing, c.four_floor,
                   c.backbeat, c.latin, c.steadiness})
    CHECK((v >= 0 && v <= 1));
  CHECK((c.dynamics >= 0 && c.dynamics <= 40));
  return c;
}

Character of_song(auto change) {
  SongSpec spec;
  spec.form = {{Part::verse, 8}, {Part::chorus, 8}};
  change(spec);
  const auto song = synthesize_song(spec);
  REQUIRE(song.ok());
  return of(song->pcm.samples);
}
}  // namespace

TEST_CASE("noise, a tone, a click: within bounds") {
  of(noise(22050 * 2, 1));
  of(sine(440, 3));
  std::vector<float> click(30000, 0.f);
  click[9000] = 1;
  of(click);
  CHECK(of(sine(60, 5)).bass > 0.9);
  CHECK(of(sine(5000, 5)).brightness > 0.9);
}

TEST_CASE("drums, metre, grooves and swing are distinguished") {
  const std::vector<PartSpec> verse = {{Part::verse, 16}};  // the chorus of pop has a kick on every beat
  const Character pop = of_song([&](SongSpec& s) { s.bpm = 100, s.form = verse; });
  const Character bare = of_song([](SongSpec& s) { s.drums = false; });
  const Character waltz = of_song([](SongSpec& s) { s.beats_per_bar = 3, s.bpm = 150; });
  const Character house =
      of_song([&](SongSpec& s) { s.groove = Groove::house, s.bpm = 124, s.form = verse; });
  const Character salsa = of_song([](SongSpec& s) { s.groove = Groove::latin, s.bpm = 180; });
  const Character swung = of_song([](SongSpec& s) { s.swing = 0.33, s.bpm = 100; });
  CHECK(pop.percussion > bare.percussion + 0.3);
  CHECK(pop.energy > bare.energy);
  CHECK(bare.tonality > pop.tonality);
  CHECK(waltz.beats_per_bar == 3);
  CHECK(house.four_floor > pop.four_floor + 0.1);
  CHECK(pop.backbeat > house.backbeat);
  CHECK(salsa.latin > std::max(pop.latin, house.latin) + 0.2);
  CHECK(swung.swing > pop.swing + 0.3);
}
