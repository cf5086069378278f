#pragma once
// A mono mixing bus.

#include <cstddef>
#include <vector>

namespace terpsi::synth {

// Collects notes. What reaches past its end is cut off.
struct Bus {
  double rate;  // Hz
  std::vector<float> samples;

  std::size_t index(double seconds) const;  // nearest sample, 0 before the start
};

// Soft saturation x / sqrt(1 + 0.35 x^2), then a peak of 0.9.
void saturate(std::vector<float>& samples);

}  // namespace terpsi::synth
