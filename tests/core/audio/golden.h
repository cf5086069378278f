#pragma once
// tests/golden/audio_golden.npz, written by make_audio_golden.py.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "format/npz.h"
#include "source_path.h"

namespace terpsi::audio::testing {

inline std::vector<float> golden(const char* name) {
  static const format::Npz npz = [] {
    std::ifstream file(terpsi::project::source_path("tests/golden/audio_golden.npz"), std::ios::binary);
    const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
    auto parsed = format::parse_npz(bytes);
    REQUIRE_MESSAGE(parsed.ok(), "run tests/golden/make_audio_golden.py");
    return *parsed;
  }();
  const auto values = format::to_floats(npz.at(name));
  REQUIRE(values.ok());
  return *values;
}

// The golden test sound: 0.8 s at 22050 Hz.
inline std::vector<float> golden_signal() {
  std::vector<float> samples = golden("signal");
  for (float& v : samples) v /= 32768.0f;
  return samples;
}

// Largest difference, relative to the largest value expected.
inline double worst_error(std::span<const float> got, std::span<const float> expected) {
  REQUIRE(got.size() == expected.size());
  double top = 1e-30, worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    REQUIRE(std::isfinite(got[i]));
    top = std::max(top, static_cast<double>(std::abs(expected[i])));
    worst = std::max(worst, static_cast<double>(std::abs(got[i] - expected[i])));
  }
  return worst / top;
}

}  // namespace terpsi::audio::testing
