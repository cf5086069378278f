#include "audio/live/live_onset.h"

#include <doctest/doctest.h>

#include <cmath>

#include "audio/hear/spectral_features.h"
#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

namespace {
std::vector<LiveFrame> frames_of(std::span<const float> samples) {
  LiveOnset onset;
  std::vector<LiveFrame> frames;
  while (!samples.empty()) {
    std::size_t taken = 0;
    if (onset.push(samples, taken)) frames.push_back(onset.frame());
    REQUIRE(taken > 0);
    samples = samples.subspan(taken);
  }
  return frames;
}
}  // namespace

TEST_CASE("live onsets: extreme samples give numbers") {
  for (const float level : {0.0f, 1e-30f, 1e3f}) {
    for (const LiveFrame& frame : frames_of(noise(6000, 3, level))) {
      CHECK(std::isfinite(frame.onset.whole));
      CHECK(frame.onset.whole >= 0);
      CHECK(std::isfinite(frame.level));
    }
  }
}

TEST_CASE("live onsets: frames are centred at multiples of the hop and need half a window beyond") {
  CHECK(frames_of(std::vector<float>(kOnsetWindow / 2 - 1)).empty());
  CHECK(frames_of(std::vector<float>(kOnsetWindow / 2)).size() == 1);
  const auto frames = frames_of(std::vector<float>(kOnsetWindow / 2 + 10 * kOnsetHop));
  CHECK(frames.size() == 11);
  CHECK(frames.back().index == 10);
}

TEST_CASE("live onsets: attacks are where the listener of whole songs finds them") {
  SongSpec spec;
  spec.form = {{Part::verse, 4}};
  const auto song = synthesize_song(spec);
  REQUIRE(song);
  const auto whole = spectral_features(song->pcm);
  REQUIRE(whole);
  const auto frames = frames_of(song->pcm.samples);
  // Once the level is known the curves agree up to the level, which hardly matters to a logarithm.
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t t = 2 * kOnsetRate; t < frames.size(); ++t) {
    const double a = frames[t].onset.whole, b = whole->onset.whole[t];
    aa += a * a;
    bb += b * b;
    ab += a * b;
  }
  CHECK(ab / std::sqrt(aa * bb) > 0.98);
}
