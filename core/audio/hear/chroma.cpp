#include "audio/hear/chroma.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "audio/hear/stft.h"
#include "audio/pcm.h"
#include "audio/resample.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

struct Bin {
  std::size_t lower;  // the nearest pitch class below; the other is the next one up
  float lower_weight, upper_weight;
};

}  // namespace

std::vector<float> chroma(std::span<const float> samples, std::size_t frames) {
  const std::vector<float> low = resample(samples, kChromaDecimation, 1);
  const double rate = static_cast<double>(kAnalysisRate) / kChromaDecimation;
  Stft stft(kChromaWindow);

  std::vector<Bin> bins(static_cast<std::size_t>(stft.bins()), Bin{0, 0, 0});
  for (std::size_t k = 1; k < bins.size(); ++k) {
    const double f = static_cast<double>(k) * rate / kChromaWindow;
    if (f < kChromaLowest || f > kChromaHighest) continue;
    const double pitch = 69.0 + 12.0 * std::log2(f / 440.0);
    const double below = std::floor(pitch);
    const double fade = std::min(1.0, std::log2(f / kChromaLowest)) / std::sqrt(f / 440.0);
    bins[k].lower = static_cast<std::size_t>(below) % kChromaClasses;
    bins[k].lower_weight = static_cast<float>((below + 1 - pitch) * fade);
    bins[k].upper_weight = static_cast<float>((pitch - below) * fade);
  }

  std::vector<float> out(frames * kChromaClasses, 0.0f);
  std::vector<float> power(bins.size());
  for (std::size_t i = 0; i < frames; ++i) {
    const double centre = static_cast<double>(i) * rate / limits::kFps;
    stft.power(low, static_cast<std::ptrdiff_t>(std::floor(centre + 0.5)), power);
    std::array<float, kChromaClasses + 1> sums{};
    for (std::size_t k = 0; k < bins.size(); ++k) {
      if (bins[k].lower_weight == 0 && bins[k].upper_weight == 0) continue;
      const float magnitude = std::sqrt(power[k]);
      sums[bins[k].lower] += magnitude * bins[k].lower_weight;
      sums[bins[k].lower + 1] += magnitude * bins[k].upper_weight;
    }
    sums[0] += sums[kChromaClasses];
    const float top = *std::max_element(sums.begin(), sums.begin() + kChromaClasses);
    for (std::size_t c = 0; c < kChromaClasses; ++c)
      out[i * kChromaClasses + c] = sums[c] / (top + kChromaFloor);
  }
  return out;
}

}  // namespace terpsi::audio
