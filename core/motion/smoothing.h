#pragma once
// Curves over frames made smooth.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace terpsi::motion {

// 0 up to `from`, 1 from `to` on, smoothstep between.
inline float ramp(float x, float from, float to) {
  const float t = std::clamp((x - from) / (to - from), 0.f, 1.f);
  return t * t * (3 - 2 * t);
}

// Seconds in whole frames, at least 1.
inline std::size_t as_frames(float seconds, float fps) {
  return static_cast<std::size_t>(std::max(1.f, std::round(seconds * fps)));
}

// Gaussian with standard deviation `sigma` (frames, > 0), cut off at 3 sigma; the ends are held. `zero`: the
// sum's start.
template <class T>
std::vector<T> gaussian(const std::vector<T>& values, float sigma, T zero) {
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
  std::vector<float> kernel;
  float total = 0;
  for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
    const float x = static_cast<float>(k) / sigma;
    kernel.push_back(std::exp(-0.5f * x * x));
    total += kernel.back();
  }
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  std::vector<T> out(values.size(), zero);
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    T sum = zero;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k)
      sum += kernel[static_cast<std::size_t>(k + reach)] *
             values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
    out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

// Mean over +-reach frames weighted by a raised cosine; the ends are held.
std::vector<float> cosine_mean(const std::vector<float>& values, std::size_t reach);

// A smooth curve that is nowhere below `needs`: it starts to rise 2 * reach frames before a need and has
// fallen 2 * reach frames after it. Greatest value over +-reach, then cosine_mean.
std::vector<float> smooth_cover(const std::vector<float>& needs, std::size_t reach);

}  // namespace terpsi::motion
