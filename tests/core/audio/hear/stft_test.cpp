#include "audio/hear/stft.h"

#include <doctest/doctest.h>

#include "core/audio/golden.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("windows beyond the song's ends, and songs shorter than a window") {
  Stft stft(1024);
  std::vector<float> out(static_cast<std::size_t>(stft.bins()), 1.0f);
  for (const std::ptrdiff_t centre : {-100000, -512, 0, 3, 512, 100000}) {
    stft.power({}, centre, out);
    CHECK(out == std::vector<float>(out.size(), 0.0f));
    stft.power(std::vector<float>{1.0f, -1.0f}, centre, out);
    for (const float v : out) CHECK(std::isfinite(v));
  }
}

TEST_CASE("power agrees with a transform in double precision within 1e-6 of the largest") {
  const std::vector<float> x = golden_signal();
  Stft stft(1024);
  std::vector<float> all, out(static_cast<std::size_t>(stft.bins()));
  for (const int frame : {0, 10, 36, 71}) {
    stft.power(x, frame * 245, out);
    all.insert(all.end(), out.begin(), out.end());
  }
  CHECK(worst_error(all, golden("power")) < 1e-6);
}

TEST_CASE("a full-scale sine in the middle of a bin has power 1") {
  Stft stft(1024);
  std::vector<float> out(static_cast<std::size_t>(stft.bins()));
  stft.power(sine(50.0 * kAnalysisRate / 1024, 1, kAnalysisRate, 1.0), 10000, out);
  CHECK(out[50] == doctest::Approx(1.0).epsilon(1e-4));
  CHECK(out[60] < 1e-8f);
}
