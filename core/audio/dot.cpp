#include "audio/dot.h"

namespace terpsi::audio {
namespace {

constexpr std::size_t kLanes = 8;

template <class T>
T fold(const T (&acc)[kLanes]) {
  return ((acc[0] + acc[4]) + (acc[2] + acc[6])) + ((acc[1] + acc[5]) + (acc[3] + acc[7]));
}

}  // namespace

float dot(const float* a, const float* b, std::size_t n) {
  float acc[kLanes] = {};
  std::size_t k = 0;
  for (; k + kLanes <= n; k += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) acc[j] += a[k + j] * b[k + j];
  }
  float rest = 0;
  for (; k < n; ++k) rest += a[k] * b[k];
  return rest + fold(acc);
}

MeanVariance mean_and_variance(std::span<const float> samples) {
  MeanVariance m;
  if (samples.empty()) return m;
  const std::size_t n = samples.size(), whole = n - n % kLanes;
  const auto count = static_cast<double>(n);
  double acc[kLanes] = {}, rest = 0;
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) acc[j] += static_cast<double>(samples[k + j]);
  }
  for (std::size_t k = whole; k < n; ++k) rest += static_cast<double>(samples[k]);
  m.mean = (rest + fold(acc)) / count;

  double square[kLanes] = {};
  rest = 0;
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) {
      const double x = static_cast<double>(samples[k + j]) - m.mean;
      square[j] += x * x;
    }
  }
  for (std::size_t k = whole; k < n; ++k) {
    const double x = static_cast<double>(samples[k]) - m.mean;
    rest += x * x;
  }
  m.variance = (rest + fold(square)) / count;
  return m;
}

}  // namespace terpsi::audio
