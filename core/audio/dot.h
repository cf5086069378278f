#pragma once
// Sums in a fixed order: eight partial sums, so that SIMD builds and scalar builds give the same bits.

#include <cstddef>
#include <span>

namespace terpsi::audio {

// Sum of a[k] * b[k], k < n.
float dot(const float* a, const float* b, std::size_t n);

struct MeanVariance {
  double mean = 0;
  double variance = 0;  // of the population
};

// Precondition: finite samples. 0 and 0 for none.
MeanVariance mean_and_variance(std::span<const float> samples);

}  // namespace terpsi::audio
