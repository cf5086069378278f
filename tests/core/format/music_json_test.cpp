#include "format/music_json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "audio/describe/analysis.h"
#include "base/limits.h"
#include "generate/plan/condition.h"
#include "synth/synth.h"

using namespace terpsi;

namespace {

audio::MusicAnalysis demo_music() {
  auto song = synth::synthesize_song({});
  REQUIRE(song);
  auto music = audio::analyze(song->pcm);
  REQUIRE(music);
  return std::move(*music);
}

Json read(const std::string& text) {
  auto json = parse_json(text, limits::kMaxJsonDepth);
  REQUIRE(json);
  return *json;
}

manifest::ModelInfo styles() {
  manifest::ModelInfo model;
  for (const char* name : {"hiphop", "house", "salsa"}) model.styles.push_back({name, 110, 0.5});
  model.condition_columns = manifest::ConditionLayout::kFixedColumns + 3;
  return model;
}

}  // namespace

TEST_CASE("garbage is refused with the name of what is wrong") {
  const auto refused = [](const std::string& text, const std::string& word) {
    const auto music = format::music_from_json(read(text));
    REQUIRE(!music);
    CHECK_MESSAGE(music.error().message.find(word) != std::string::npos, music.error().message);
  };
  refused("[]", "object");
  refused("{}", "duration");
  refused(R"({"duration":1e300})", "duration");
  refused(R"({"duration":36000})", "15 minutes");
  refused(R"({"duration":0.2})", "second");
  refused(R"({"duration":2,"frames":1e9})", "frames");
  refused(R"({"duration":2,"frames":90})", "frames");
  refused(R"({"duration":"2"})", "duration");
  CHECK(!parse_json(R"({"duration":NaN})", 8));
  CHECK(!parse_json(std::string(100, '[') + std::string(100, ']'), 8));
  CHECK(!parse_json("\"\xff\"", 8));
}

TEST_CASE("every required key and every array is checked") {
  const Json good = read(format::music_to_json(demo_music()));
  REQUIRE(format::music_from_json(good));
  for (const char* key : {"duration", "frames", "tempo_bpm", "beats_per_bar", "beats", "beat_in_bar",
                          "sections", "loudness", "onset"}) {
    Json lacking = good;
    lacking.erase(key);
    CAPTURE(key);
    CHECK(!format::music_from_json(lacking));
    lacking[key] = Json::array({nullptr});
    CHECK(!format::music_from_json(lacking));
  }
  for (const char* key : {"beats", "beat_in_bar", "loudness", "onset"}) {
    Json other = good;
    other[key].erase(0);
    CAPTURE(key);
    CHECK(!format::music_from_json(other));
    other = good;
    other[key][1] = -1e30;
    CHECK(!format::music_from_json(other));
  }
  Json swapped = good;
  std::swap(swapped["beats"][2], swapped["beats"][3]);
  CHECK(!format::music_from_json(swapped));
}

TEST_CASE("what is read back gives the same plan for a dance") {
  const auto music = demo_music();
  const std::string text = format::music_to_json(music);
  CHECK(text.size() < 30 * music.duration * 16);
  const auto back = format::music_from_json(read(text));
  REQUIRE(back);
  CHECK(back->frames == music.frames);
  CHECK(back->beats.size() == music.beats.size());
  CHECK(back->sections.size() == music.sections.size());
  const auto model = styles();
  const auto ours = generate::make_condition(music, model, {}),
             theirs = generate::make_condition(*back, model, {});
  REQUIRE(ours);
  REQUIRE(theirs);
  CHECK(ours->style == theirs->style);
  CHECK(ours->phrases == theirs->phrases);
  REQUIRE(ours->values.size() == theirs->values.size());
  float most = 0;
  for (std::size_t i = 0; i < ours->values.size(); ++i)
    most = std::max(most, std::abs(ours->values[i] - theirs->values[i]));
  CHECK(most < 0.01f);
}
