#include "audio/hear/mel.h"

#include <doctest/doctest.h>

#include "audio/hear/onset.h"
#include "audio/hear/stft.h"
#include "core/audio/golden.h"
#include "core/audio/hear/mel_frames.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("silence has finite mel bands and MFCC") {
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  std::vector<float> bands(kMelBands, 9.0f), coefficients(kMfccCount);
  bank.apply(std::vector<float>(kOnsetWindow / 2 + 1, 0.0f), bands);
  CHECK(bands == std::vector<float>(kMelBands, 0.0f));
  Mfcc().apply(bands, coefficients);
  CHECK(coefficients[0] == doctest::Approx(-6 * std::sqrt(kMelBands)).epsilon(1e-4));
  for (std::size_t k = 1; k < coefficients.size(); ++k) CHECK(std::abs(coefficients[k]) < 1e-4f);
}

TEST_CASE("mel bands agree with the matrix product within 1e-5, MFCC within 1e-4 of the largest") {
  const std::vector<float> mel = mel_frames(golden_signal(), 72);
  CHECK(worst_error(mel, golden("mel")) < 1e-5);
  std::vector<float> mfcc(24 * kMfccCount);
  const Mfcc transform;
  for (std::size_t i = 0; i < 24; ++i) {
    transform.apply(std::span<const float>(mel).subspan(3 * i * kMelBands, kMelBands),
                    std::span<float>(mfcc).subspan(i * kMfccCount, kMfccCount));
  }
  CHECK(worst_error(mfcc, golden("mfcc")) < 1e-4);
}

TEST_CASE("mel and hertz are inverse, and band centres rise") {
  for (const double hz : {0.0, 100.0, 1000.0, 11025.0})
    CHECK(mel_to_hz(hz_to_mel(hz)) == doctest::Approx(hz));
  CHECK(hz_to_mel(1000) == doctest::Approx(1000).epsilon(0.001));
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  for (int b = 1; b < kMelBands; ++b) CHECK(bank.centre(b) > bank.centre(b - 1));
}
