#include "audio/hear/loudness.h"

#include <doctest/doctest.h>

#include "audio/hear/onset.h"
#include "audio/hear/stft.h"
#include "core/audio/golden.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("loudness of nothing and of silence is zero") {
  CHECK(loudness_curve({}, 90, 4) == std::vector<float>(4, 0.0f));
  CHECK(loudness_curve(std::vector<float>(90, 0.0f), 90, 30) == std::vector<float>(30, 0.0f));
}

TEST_CASE("loudness agrees with the formula within 1e-4") {
  const std::vector<float> x = golden_signal(), weights = loudness_weights(22050, kOnsetWindow);
  Stft stft(kOnsetWindow);
  std::vector<float> power(static_cast<std::size_t>(stft.bins())), weighted(72);
  for (std::size_t t = 0; t < weighted.size(); ++t) {
    stft.power(x, static_cast<std::ptrdiff_t>(t) * kOnsetHop, power);
    double sum = 0;
    for (std::size_t k = 0; k < power.size(); ++k) sum += static_cast<double>(power[k]) * weights[k];
    weighted[t] = static_cast<float>(sum);
  }
  CHECK(worst_error(loudness_curve(weighted, kOnsetRate, 24), golden("loudness")) < 1e-4);
}

TEST_CASE("20 dB less is half the range less, whatever the level") {
  for (const float level : {1e-6f, 1.0f, 1e6f}) {
    std::vector<float> power(900, level);
    std::fill(power.begin() + 450, power.end(), level * 0.01f);
    const std::vector<float> loudness = loudness_curve(power, 90, 300);
    CHECK(loudness[50] == doctest::Approx(1.0));
    CHECK(loudness[250] == doctest::Approx(0.5).epsilon(1e-4));
  }
}
