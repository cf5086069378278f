#include "audio/describe/features.h"

#include <doctest/doctest.h>

#include <set>

#include "audio/music.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
MusicAnalysis plain(std::size_t frames) {
  MusicAnalysis music;
  music.frames = frames;
  music.duration = static_cast<double>(frames) / 30;
  music.tempo.assign(frames, 120.0f);
  music.loudness.assign(frames, 0.5f);
  music.onset.assign(frames, 0.25f);
  music.novelty.assign(frames, 0.0f);
  return music;
}

void fill(MusicAnalysis& music) {
  const std::vector<float> mfcc(music.frames * 20, 1.0f), chroma(music.frames * 12, 0.5f),
      bands(music.frames * 3, 0.1f);
  const std::vector<double> peaks = {0.5, -1.0, 1e9};  // those outside the song are left out
  fill_features(music, {mfcc, chroma, bands, peaks});
}

float at(const MusicAnalysis& music, std::size_t frame, int column) {
  return music.features[frame * FeatureLayout::kColumns + static_cast<std::size_t>(column)];
}
}  // namespace

TEST_CASE("features without beats, or without frames, are finite") {
  MusicAnalysis none = plain(0), still = plain(40);
  fill(none);
  CHECK(none.features.empty());
  still.beats = {0.7};
  still.beat_in_bar = {1};
  fill(still);
  REQUIRE(still.features.size() == 40 * 48);
  for (const float v : still.features) CHECK(std::isfinite(v));
  CHECK(at(still, 21, FeatureLayout::kBeat) == 1);
  CHECK(at(still, 20, FeatureLayout::kBeatPhase + 1) == 0);
  CHECK(at(still, 15, FeatureLayout::kOnsetPeak) == 1);
}

TEST_CASE("column names are complete and all different") {
  const auto names = FeatureLayout::names();
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
  for (const auto name : names) CHECK_FALSE(name.empty());
  CHECK(names[FeatureLayout::kChroma] == "chroma_c");
  CHECK(names[FeatureLayout::kOnsetPeak] == "onset_peak");
  CHECK(names[FeatureLayout::kBandOnset] == "onset_low");
  CHECK(names[FeatureLayout::kNovelty] == "novelty");
}

TEST_CASE("phases: zero on beats, downbeats and every second downbeat; the rest in between") {
  MusicAnalysis music = plain(30 * 20);
  music.beats = every(0.5, 0.5, 20);  // downbeats at 1.0, 3.0, ...
  for (std::size_t k = 0; k < music.beats.size(); ++k)
    music.beat_in_bar.push_back((static_cast<int>(k) + 3) % 4 + 1);
  music.sections = {{0, 3, 0}, {3, 20, 1}};
  fill(music);
  for (const int column : {FeatureLayout::kBeatPhase, FeatureLayout::kBarPhase, FeatureLayout::kEightPhase}) {
    CHECK(at(music, 90, column) ==
          doctest::Approx(0).epsilon(1e-4));  // 3.0 s: the new section starts an 8-count
    CHECK(at(music, 90, column + 1) == doctest::Approx(1));
  }
  CHECK(at(music, 30, FeatureLayout::kEightPhase + 1) == doctest::Approx(-1));  // 1.0 s: half-way through one
  CHECK(at(music, 45, FeatureLayout::kBarPhase) == doctest::Approx(1));         // 1.5 s: beat 2 of 4
  CHECK(at(music, 3, FeatureLayout::kBeatPhase + 1) == doctest::Approx(std::cos(2 * std::numbers::pi * 0.2)));
  CHECK(at(music, 93, FeatureLayout::kBeatDistance) == doctest::Approx(0.2));
  CHECK(at(music, 102, FeatureLayout::kBeatDistance) == doctest::Approx(-0.2));
  CHECK(at(music, 90, FeatureLayout::kBeat) == 1);
  CHECK(at(music, 91, FeatureLayout::kBeat) == 0);
  CHECK(at(music, 50, FeatureLayout::kLogTempo) == 0);
  CHECK(at(music, 50, FeatureLayout::kLoudness) == 0.5f);
}
