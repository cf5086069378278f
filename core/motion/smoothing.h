#pragma once
// Curves over frames made smooth.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "base/curves.h"

namespace terpsi::motion {

// Seconds in whole frames, at least 1.
inline std::size_t as_frames(float seconds, float fps) {
  return static_cast<std::size_t>(std::max(1.f, std::round(seconds * fps)));
}

// For each i < size the mean of at(i - reach) to at(i + reach), weighted by a kernel of 2 reach + 1 values.
// `at` also says what lies beyond the ends. `zero`: the sum's start.
template <class T, class Weight, class At>
std::vector<T> kernel_mean(std::size_t size, const std::vector<Weight>& kernel, const T& zero, At at) {
  const auto reach = static_cast<std::ptrdiff_t>(kernel.size() / 2), end = static_cast<std::ptrdiff_t>(size);
  const Weight total = std::accumulate(kernel.begin(), kernel.end(), Weight(0));
  std::vector<T> out(size, zero);
  for (std::ptrdiff_t i = 0; i < end; ++i) {
    T sum = zero;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k)
      sum += kernel[static_cast<std::size_t>(k + reach)] * at(i + k);
    out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

// kernel_mean with the ends held: before the first and after the last value that value goes on.
template <class T>
std::vector<T> held_mean(const std::vector<T>& values, const std::vector<float>& kernel, const T& zero) {
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  return kernel_mean(values.size(), kernel, zero, [&](std::ptrdiff_t i) -> const T& {
    return values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, last))];
  });
}

// Gaussian with standard deviation `sigma` (frames, > 0), cut off at 3 sigma; the ends are held.
template <class T>
std::vector<T> gaussian_mean(const std::vector<T>& values, float sigma, const T& zero) {
  return held_mean(values, gaussian_kernel(sigma, static_cast<std::ptrdiff_t>(std::ceil(3 * sigma))), zero);
}

// Hann window, a raised cosine of 2 reach + 1 values that are all greater than 0. Not normalised.
std::vector<float> hann_kernel(std::size_t reach);

// Mean over +-reach frames weighted by a Hann window; the ends are held.
std::vector<float> hann_mean(const std::vector<float>& values, std::size_t reach);

// A smooth curve that is nowhere below `needs`: it starts to rise 2 reach frames before a need and has fallen
// 2 reach frames after it. Greatest value over +-reach, then hann_mean.
std::vector<float> smooth_envelope(const std::vector<float>& needs, std::size_t reach);

}  // namespace terpsi::motion
