#include "audio/hear/listener_input.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("listener input: an even number of rows, finite, of the documented columns") {
  for (const std::size_t samples : {std::size_t{22050}, std::size_t{22785}, std::size_t{60000}}) {
    const auto heard = spectral_features({noise(samples, 3), kAnalysisRate});
    REQUIRE(heard.ok());
    const std::vector<float> input = listener_input(*heard);
    const std::size_t rows = heard->frames * kOnsetStride;
    REQUIRE(input.size() == (rows + rows % 2) * kListenerColumns);
    bool finite = true;
    for (const float v : input) finite = finite && std::isfinite(v) && v >= 0;
    CHECK(finite);
    for (const std::size_t t : {std::size_t{0}, rows / 2, rows - 1}) {
      for (std::size_t b = 0; b < kMelBands; b += 7) {
        const double power = static_cast<double>(heard->mel[t * kMelBands + b]);
        CHECK(static_cast<double>(input[t * kListenerColumns + b]) ==
              doctest::Approx(std::log(1 + static_cast<double>(kOnsetGain) * power)).epsilon(1e-5));
      }
    }
    // Chroma is exact on frames and halfway in the middle third between them.
    const std::size_t frame = heard->frames / 2, t = frame * kOnsetStride;
    for (std::size_t c = 0; c < kChromaClasses; ++c) {
      const float here = heard->chroma[frame * kChromaClasses + c],
                  next = heard->chroma[(frame + 1) * kChromaClasses + c];
      CHECK(input[t * kListenerColumns + kMelBands + c] == here);
      CHECK(static_cast<double>(input[(t + 1) * kListenerColumns + kMelBands + c]) ==
            doctest::Approx(static_cast<double>(here + (next - here) / 3)).epsilon(1e-5));
    }
  }
}
