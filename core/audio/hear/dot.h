#pragma once
// Sums in a fixed order: eight running sums, so that compilers may use SIMD without changing a bit of the
// result.

#include <cstddef>
#include <span>

namespace terpsi::audio {

// Sum of a[k] * b[k], k < n.
float dot(const float* a, const float* b, std::size_t n);

struct Moments {
  double mean = 0;
  double mean_square = 0;  // about the mean
};

// Of finite samples; 0 for none.
Moments moments(std::span<const float> samples);

}  // namespace terpsi::audio
