#pragma once
// Curves from 0 to 1, and the Gaussian as weights. T is float or double.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace terpsi {

// 3 u^2 - 2 u^3: zero slope at 0 and 1, constant beyond.
template <class T>
T smoothstep(T u) {
  u = std::clamp(u, T(0), T(1));
  return u * u * (3 - 2 * u);
}

// 0 up to `from`, 1 from `to` on, smoothstep between.
template <class T>
T smoothstep(T x, T from, T to) {
  return smoothstep((x - from) / (to - from));
}

// 10 u^3 - 15 u^4 + 6 u^5: zero slope and curvature at 0 and 1, constant beyond; from rest to rest with the
// least squared jerk [Flash 1985].
template <class T>
T minimum_jerk(T u) {
  u = std::clamp(u, T(0), T(1));
  return u * u * u * (10 + u * (6 * u - 15));
}

// exp(-x^2 / 2), x = k / sigma for k = -reach..reach. Not normalised.
template <class T>
std::vector<T> gaussian_kernel(T sigma, std::ptrdiff_t reach) {
  std::vector<T> kernel;
  for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
    const T x = static_cast<T>(k) / sigma;
    kernel.push_back(std::exp(T(-0.5) * x * x));
  }
  return kernel;
}

}  // namespace terpsi
