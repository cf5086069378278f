#include "audio/describe/energy.h"

#include <algorithm>
#include <cmath>

#include "audio/hear/mel.h"
#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

constexpr float kLoudRange = 0.6f;      // of MusicAnalysis::loudness, whose 1 is 40 dB
constexpr float kBusy = 0.35f;          // mean onset strength at which attacks are 1
constexpr double kAttackSeconds = 0.5;  // smoothing of attacks
constexpr double kBandRange = 30;       // dB

// Level of the mel bands first..last - 1, 0 to 1, relative to its 95th percentile.
std::vector<float> band_level(const SpectralFeatures& spectral, std::size_t first, std::size_t last) {
  std::vector<float> power(spectral.frames), level(spectral.frames);
  for (std::size_t i = 0; i < spectral.frames; ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < kOnsetStride; ++k) {
      const float* mel = spectral.mel.data() + (i * kOnsetStride + k) * kMelBands;
      for (std::size_t b = first; b < last; ++b) sum += mel[b];
    }
    power[i] = sum;
  }
  power = smoothed(power, 0.2);
  const float high = nth_smallest(power, (power.size() - 1) * 95 / 100);
  if (high <= 0) return level;
  for (std::size_t i = 0; i < power.size(); ++i) {
    const double db = 10 * std::log10(std::max(static_cast<double>(power[i] / high), 1e-9));
    level[i] = static_cast<float>(std::clamp(1 + db / kBandRange, 0.0, 1.0));
  }
  return level;
}

std::vector<float> mean_once(std::span<const float> values, std::ptrdiff_t reach) {
  const auto n = static_cast<std::ptrdiff_t>(values.size());
  std::vector<double> sums(values.size() + 1, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + static_cast<double>(values[i]);
  std::vector<float> out(values.size());
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, i - reach));
    const auto to = static_cast<std::size_t>(std::min(n, i + reach + 1));
    // Differences of running sums: rounding must not make powers negative.
    out[static_cast<std::size_t>(i)] =
        static_cast<float>(std::max(0.0, sums[to] - sums[from]) / static_cast<double>(to - from));
  }
  return out;
}

}  // namespace

std::vector<float> smoothed(std::span<const float> values, double width) {
  const auto reach = static_cast<std::ptrdiff_t>(std::llround(0.5 * width * limits::kFps));
  if (reach < 1) return {values.begin(), values.end()};
  return mean_once(mean_once(values, reach), reach);
}

Activity measure_activity(const SpectralFeatures& spectral, std::span<const float> loudness,
                          std::span<const float> onset) {
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  std::size_t low = 0, high = 0;  // bands below 200 Hz, below 2 kHz
  for (int b = 0; b < kMelBands; ++b) {
    if (bank.centre(b) < 200) low = static_cast<std::size_t>(b) + 1;
    if (bank.centre(b) < 2000) high = static_cast<std::size_t>(b) + 1;
  }
  Activity activity;
  activity.loud.assign(loudness.begin(), loudness.end());
  for (float& v : activity.loud) v = std::clamp((v - 1 + kLoudRange) / kLoudRange, 0.f, 1.f);
  activity.attacks = smoothed(onset, kAttackSeconds);
  for (float& v : activity.attacks) v = std::min(1.f, v / kBusy);
  activity.low = band_level(spectral, 0, low);
  activity.bright = band_level(spectral, high, kMelBands);
  return activity;
}

std::vector<float> raw_energy(const Activity& activity) {
  std::vector<float> energy(activity.loud.size());
  for (std::size_t i = 0; i < energy.size(); ++i) {
    energy[i] = (0.35f * activity.loud[i] + 0.25f * activity.attacks[i]) +
                (0.2f * activity.low[i] + 0.2f * activity.bright[i]);
  }
  return energy;
}

}  // namespace terpsi::audio
