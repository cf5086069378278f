#include "audio/count/beat_smoothing.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "audio/hear/onset.h"

using namespace terpsi::audio;

TEST_CASE("beat smoothing: too few beats, an empty pulse and garbage are left as they are") {
  CHECK(smooth_beats({}, {}).empty());
  CHECK(smooth_beats({}, {3, 9, 12}) == std::vector<double>{3, 9, 12});
  const std::vector<float> nan(500, std::numeric_limits<float>::quiet_NaN());
  const std::vector<double> beats = {10, 60, 110, 160, 210};
  for (const double b : smooth_beats(nan, beats)) CHECK(std::isfinite(b));
}

TEST_CASE("beat smoothing: beats go to the peaks, and a steady song gets an even grid") {
  std::vector<float> pulse(3000, 0.0f);
  std::vector<double> guess;
  for (int k = 0; k < 60; ++k) {
    const double at = 20 + 47.3 * k;
    for (int t = static_cast<int>(at) - 2; t <= static_cast<int>(at) + 3; ++t) {
      pulse[static_cast<std::size_t>(t)] = static_cast<float>(std::max(0.0, 1 - std::abs(t - at) / 2.5));
    }
    guess.push_back(std::round(at) + (k % 3 - 1));
  }
  const std::vector<double> beats = smooth_beats(pulse, guess);
  REQUIRE(beats.size() == guess.size());
  for (int k = 0; k < 60; ++k) CHECK(std::abs(beats[static_cast<std::size_t>(k)] - (20 + 47.3 * k)) < 0.25);
}
