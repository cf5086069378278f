#include "audio/hear/loudness.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/limits.h"

namespace terpsi::audio {

std::vector<float> loudness_weights(int sample_rate, int fft_size) {
  std::vector<float> weights(static_cast<std::size_t>(fft_size / 2 + 1));
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double f = static_cast<double>(k) * sample_rate / fft_size, square = f * f;
    weights[k] =
        static_cast<float>(square / (square + 60.0 * 60.0) * (1 + 1.5 * square / (square + 1500.0 * 1500.0)));
  }
  return weights;
}

std::vector<float> loudness_curve(std::span<const float> power, int rate, std::size_t frames) {
  const int reach = rate / 5, stride = rate / limits::kFps;
  std::vector<double> window(static_cast<std::size_t>(2 * reach - 1));
  for (int k = 0; k < 2 * reach - 1; ++k) {
    window[static_cast<std::size_t>(k)] = 0.5 - 0.5 * std::cos(std::numbers::pi * (k + 1) / reach);
  }
  std::vector<double> mean(frames, 0.0);
  double top = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    double sum = 0, weight = 0;
    for (int k = 0; k < 2 * reach - 1; ++k) {
      const auto at = static_cast<std::ptrdiff_t>(i) * stride + k - (reach - 1);
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(power.size())) continue;
      const double w = window[static_cast<std::size_t>(k)];
      sum += w * power[static_cast<std::size_t>(at)];
      weight += w;
    }
    mean[i] = weight > 0 ? sum / weight : 0.0;
    top = std::max(top, mean[i]);
  }
  std::vector<float> loudness(frames, 0.0f);
  if (top <= 0) return loudness;
  for (std::size_t i = 0; i < frames; ++i) {
    const double db = 10 * std::log10(std::max(mean[i] / top, 1e-12));
    loudness[i] = static_cast<float>(std::max(0.0, 1 + db / kLoudnessRange));
  }
  return loudness;
}

}  // namespace terpsi::audio
