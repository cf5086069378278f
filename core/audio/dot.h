#pragma once
// Sums in a fixed order: eight running sums, so that compilers may use SIMD without changing a bit of the
// result.

#include <cstddef>
#include <span>

namespace terpsi::audio {

// Sum of a[k] * b[k], k < n.
float dot(const float* a, const float* b, std::size_t n);

struct MeanVariance {
  double mean = 0;
  double variance = 0;  // about the mean
};

// Of finite samples; 0 for none.
MeanVariance mean_and_variance(std::span<const float> samples);

}  // namespace terpsi::audio
