#include "generate/plan/style_choice.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "audio/describe/analysis.h"
#include "core/generate/fixture.h"
#include "generate/plan/style_profiles.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

namespace {
StyleChoice chosen(auto change, const ModelInfo& model) {
  synth::SongSpec spec;
  spec.form = {{synth::Part::verse, 8}, {synth::Part::chorus, 8}};
  change(spec);
  const auto song = synth::synthesize_song(spec);
  REQUIRE(song.ok());
  const auto music = audio::analyze(song->pcm);
  REQUIRE(music.ok());
  return choose_style(*music, model, 1);
}

std::string name(const StyleChoice& choice, const ModelInfo& model) {
  return model.styles[static_cast<std::size_t>(choice.style)].name;
}
}  // namespace

TEST_CASE("a choice without a song, of one style, and of styles that nobody knows") {
  audio::MusicAnalysis nothing;
  nothing.tempo_bpm = std::nan("");
  nothing.character.bpm = std::nan("");
  ModelInfo model = open_styles();
  const StyleChoice any = choose_style(nothing, model, 1);
  nothing.character.bpm = 120;  // what an unknown tempo counts as
  const StyleChoice steady = choose_style(nothing, model, 1);
  CHECK(any.style == steady.style);
  CHECK(any.runner_up == steady.runner_up);
  CHECK(any.reason == steady.reason);
  CHECK(any.runner_up != any.style);
  model.styles = {{"house", 120, 1}};
  StyleChoice only = choose_style(nothing, model, 1);
  CHECK(only.style == 0);
  CHECK(only.runner_up == -1);
  CHECK(only.reason.find("next") == std::string::npos);
  model.styles = {{"polka", 90, 1}, {"jig", 128, 1}};
  const StyleChoice jig = choose_style(test::small_song(30, 128), model, 1);
  CHECK(jig.style == 1);
  CHECK(jig.runner_up == 0);
  CHECK(jig.reason == "128 BPM is nearest to its tempo; next: polka");
}

TEST_CASE("songs of clear character") {
  const ModelInfo model = open_styles();
  const StyleChoice house = chosen(
      [](synth::SongSpec& s) { s.groove = synth::Groove::house, s.bpm = 124, s.offbeat_bass = true; }, model);
  CHECK(name(house, model) == "house");
  CHECK(house.reason.find("kick on every beat") != std::string::npos);
  CHECK(house.reason.find("; next: ") != std::string::npos);

  const StyleChoice waltz =
      chosen([](synth::SongSpec& s) { s.drums = false, s.beats_per_bar = 3, s.bpm = 96; }, model);
  const std::set<std::string> gentle = {"balletjazz", "modern"};
  CHECK(gentle.count(name(waltz, model)) == 1);
  CHECK(waltz.reason.find("soft attacks") != std::string::npos);

  const StyleChoice salsa =
      chosen([](synth::SongSpec& s) { s.groove = synth::Groove::latin, s.bpm = 180; }, model);
  CHECK(name(salsa, model) == "salsa");

  const StyleChoice breaks =
      chosen([](synth::SongSpec& s) { s.groove = synth::Groove::breakbeat, s.bpm = 134; }, model);
  CHECK(name(breaks, model) == "break");

  const StyleChoice slow = chosen([](synth::SongSpec& s) { s.bpm = 92; }, model);
  const std::set<std::string> street = {"hiphop", "lahiphop", "pop", "krump"};
  CHECK(street.count(name(slow, model)) == 1);
}

TEST_CASE("the seed settles near ties only; ballroom styles where the model has them") {
  ModelInfo model = open_styles();
  synth::SongSpec spec;
  spec.groove = synth::Groove::house;
  spec.bpm = 124;
  spec.form = {{synth::Part::verse, 8}, {synth::Part::chorus, 8}};
  const auto music = audio::analyze(synth::synthesize_song(spec)->pcm);
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    CHECK(name(choose_style(*music, model, seed), model) == "house");
  model.styles = {{"hiphop", 100, 1}, {"waltz", 90, 1}, {"modern", 100, 1}};
  const StyleChoice waltz =
      chosen([](synth::SongSpec& s) { s.drums = false, s.beats_per_bar = 3, s.bpm = 96; }, model);
  CHECK(name(waltz, model) == "waltz");
}
