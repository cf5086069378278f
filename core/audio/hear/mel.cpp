#include "audio/hear/mel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "audio/dot.h"

namespace terpsi::audio {

double hz_to_mel(double hz) {
  return 2595.0 * std::log10(1.0 + hz / 700.0);
}

double mel_to_hz(double mel) {
  return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
}

MelBank::MelBank(int sample_rate, int fft_size) {
  const double low = hz_to_mel(kMelLowest), high = hz_to_mel(kMelHighest);
  const double bin_hz = static_cast<double>(sample_rate) / fft_size;
  const auto corner = [&](int i) { return mel_to_hz(low + (high - low) * i / (kMelBands + 1)); };
  for (int band = 0; band < kMelBands; ++band) {
    const double left = corner(band), centre = corner(band + 1), right = corner(band + 2);
    Band b{fft_size, {}};
    for (int k = 0; k <= fft_size / 2; ++k) {
      const double f = k * bin_hz;
      const double weight = std::min((f - left) / (centre - left), (right - f) / (right - centre));
      if (weight <= 0) continue;
      b.first = std::min(b.first, k);
      b.weights.push_back(static_cast<float>(weight));
    }
    bands_.push_back(std::move(b));
    centres_.push_back(centre);
  }
}

void MelBank::apply(std::span<const float> power, std::span<float> bands) const {
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    const float* p = power.data() + bands_[b].first;
    bands[b] = dot(p, bands_[b].weights.data(), bands_[b].weights.size());
  }
}

Mfcc::Mfcc() : cosines_(static_cast<std::size_t>(kMfccCount * kMelBands)) {
  for (int k = 0; k < kMfccCount; ++k) {
    const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / kMelBands);
    for (int n = 0; n < kMelBands; ++n) {
      cosines_[static_cast<std::size_t>(k * kMelBands + n)] =
          static_cast<float>(scale * std::cos(std::numbers::pi * k * (n + 0.5) / kMelBands));
    }
  }
}

void Mfcc::apply(std::span<const float> bands, std::span<float> coefficients) const {
  std::array<float, kMelBands> logs;
  for (std::size_t n = 0; n < logs.size(); ++n) logs[n] = std::log10(1e-6f + bands[n]);
  for (std::size_t k = 0; k < coefficients.size(); ++k) {
    const float* row = cosines_.data() + k * kMelBands;
    float sum = 0;
    for (std::size_t n = 0; n < logs.size(); ++n) sum += row[n] * logs[n];
    coefficients[k] = sum;
  }
}

}  // namespace terpsi::audio
