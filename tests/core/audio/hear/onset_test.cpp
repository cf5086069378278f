#include "audio/hear/onset.h"

#include <doctest/doctest.h>

#include "core/audio/golden.h"
#include "core/audio/hear/mel_frames.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("onset strength of nothing and of silence") {
  CHECK(onset_strength({}, mel_bank()).whole.empty());
  const OnsetStrength silent = onset_strength(std::vector<float>(10 * kMelBands, 0.0f), mel_bank());
  CHECK(silent.whole == std::vector<float>(10, 0.0f));
  CHECK(silent.high == std::vector<float>(10, 0.0f));
  CHECK(pick_onsets({}, 1).empty());
  CHECK(pick_onsets(std::vector<float>(100, 0.0f), 0.1f).empty());
}

TEST_CASE("onset strength agrees with the formula within 1e-4, in every band") {
  const OnsetStrength onset = onset_strength(mel_frames(golden_signal(), 72), mel_bank());
  CHECK(worst_error(onset.whole, golden("onset_whole")) < 1e-4);
  CHECK(worst_error(onset.low, golden("onset_low")) < 1e-4);
  CHECK(worst_error(onset.mid, golden("onset_mid")) < 1e-4);
  CHECK(worst_error(onset.high, golden("onset_high")) < 1e-4);
}

TEST_CASE("clicks are found within 15 ms, once each; a steady tone is not an onset") {
  std::vector<float> samples = sine(440, 6, kAnalysisRate, 0.05);
  const std::vector<double> times = every(0.5, 0.75, 5.5);
  for (double t : times) {
    const std::vector<float> burst = noise(600, 7);
    for (std::size_t n = 0; n < burst.size(); ++n) {
      samples[static_cast<std::size_t>(t * kAnalysisRate) + n] +=
          burst[n] * (1 - static_cast<float>(n) / 600);
    }
  }
  const OnsetStrength onset = onset_strength(mel_frames(samples, 540), mel_bank());
  std::vector<double> found;
  for (std::size_t t : pick_onsets(onset.whole, 0.5f)) found.push_back(static_cast<double>(t) / kOnsetRate);
  std::erase_if(found, [](double t) { return t < 0.1; });  // the tone itself starts at 0
  REQUIRE(found.size() == times.size());
  for (std::size_t k = 0; k < times.size(); ++k) CHECK(std::abs(found[k] - times[k]) < 0.015);
}
