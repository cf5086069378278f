#include "audio/describe/bar_novelty.h"

#include <doctest/doctest.h>

#include "audio/describe/section_label.h"
#include "audio/hear/mel.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
// Bars of 2 s; pitches[k] is the only pitch class of bar k (-1: silence), levels[k] its loudness.
struct Bars {
  std::vector<float> mfcc, chroma, loudness, bands;
  std::vector<double> starts;

  Bars(const std::vector<int>& pitches, float level) {
    const std::size_t frames = pitches.size() * 60;
    mfcc.assign(frames * kMfccCount, 0.f);
    chroma.assign(frames * kChromaClasses, 0.f);
    loudness.assign(frames, level);
    bands.assign(frames * 3, 0.1f);
    for (std::size_t i = 0; i < frames; ++i) {
      const int pitch = pitches[i / 60];
      if (pitch >= 0) chroma[i * kChromaClasses + static_cast<std::size_t>(pitch)] = 1;
    }
    for (std::size_t k = 0; k < pitches.size(); ++k) starts.push_back(2.0 * static_cast<double>(k));
  }
  BarDescriptions describe() const {
    return describe_bars({mfcc, chroma, loudness, bands}, starts, 2.0 * static_cast<double>(starts.size()));
  }
};

std::vector<int> repeated(const std::vector<std::vector<int>>& loops, int times) {
  std::vector<int> out;
  for (const auto& loop : loops) {
    for (int k = 0; k < times; ++k) out.insert(out.end(), loop.begin(), loop.end());
  }
  return out;
}
}  // namespace

TEST_CASE("silence and four bars give no novelty and no division by nothing") {
  const BarDescriptions bars = Bars({-1, -1, -1, -1}, 0).describe();
  const std::vector<double> sound = sound_novelty(bars);
  REQUIRE(sound.size() == 4);
  for (double v : sound) CHECK(v == 0);
  for (double v : tune_novelty(bars, sound)) CHECK(v == 0);
  CHECK(label_sections(bars, std::vector<std::size_t>{0}) == std::vector<int>{0});
}

TEST_CASE("a continuing loop has no novelty, other chords have") {
  const std::vector<int> a = {0, 5, 7, 9}, b = {2, 11, 4, 6};
  const BarDescriptions loop = Bars(repeated({a}, 8), 0.5f).describe();
  for (double v : tune_novelty(loop, std::vector<double>(loop.size(), 0.0))) CHECK(v < 0.05);

  const BarDescriptions song = Bars(repeated({a, b, a, b}, 2), 0.5f).describe();
  const std::vector<double> tune = tune_novelty(song, std::vector<double>(song.size(), 0.0));
  for (const std::size_t border : {8u, 16u, 24u}) CHECK(tune[border] > 0.6);
  for (const std::size_t inside : {2u, 10u, 18u, 30u}) CHECK(tune[inside] < 0.3);
  CHECK(label_sections(song, std::vector<std::size_t>{0, 8, 16, 24}) == std::vector<int>{0, 1, 0, 1});
}

TEST_CASE("tunes are compared whatever their level; the same bar is wholly alike") {
  const BarDescriptions bars = Bars({0, 5, 7, 9, 0, 5, 7, 9, 1, 3}, 0.5f).describe();
  CHECK(bars.tune_alike(0, 4) == doctest::Approx(1));
  CHECK(bars.tune_alike(0, 1) == 0);
  CHECK(bars.tune_scale >= 0.2f);
  CHECK(bars.tune_scale <= 1.0f);
  CHECK(distance(bars.sound[0], bars.sound[0]) == 0);
}
