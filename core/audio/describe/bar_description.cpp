#include "audio/describe/bar_description.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "audio/dot.h"
#include "audio/hear/mel.h"
#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

// The weight of each group of dimensions, divided among its dimensions.
double group_weight(std::size_t dim) {
  if (dim < kSoundMfcc) return 1.0 / kSoundMfcc;
  if (dim < kSoundMfcc + kChromaClasses) return 0.35 / kChromaClasses;
  if (dim == kSoundMfcc + kChromaClasses) return 0.5;
  return 0.6 / 3;
}

struct Frames {
  std::size_t first, last;
};

// At least one frame.
Frames frames_between(double from, double to, std::size_t count) {
  const auto frames = static_cast<std::ptrdiff_t>(count);
  const auto first = std::clamp<std::ptrdiff_t>(std::llround(from * limits::kFps), 0, frames - 1);
  const auto last = std::clamp<std::ptrdiff_t>(std::llround(to * limits::kFps), first + 1, frames);
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

Sound mean_sound(const Timbre& timbre, double from, double to) {
  const Frames range = frames_between(from, to, timbre.loudness.size());
  Sound sound{};
  for (std::size_t i = range.first; i < range.last; ++i) {
    std::size_t k = 0;
    for (std::size_t m = 0; m < kSoundMfcc; ++m) sound[k++] += timbre.mfcc[i * kMfccCount + m];
    for (std::size_t c = 0; c < kChromaClasses; ++c) sound[k++] += timbre.chroma[i * kChromaClasses + c];
    sound[k++] += timbre.loudness[i];
    for (std::size_t b = 0; b < 3; ++b) sound[k++] += timbre.bands[i * 3 + b];
  }
  for (double& v : sound) v /= static_cast<double>(range.last - range.first);
  return sound;
}

void standardize(std::vector<Sound>& bars) {
  const std::size_t n = bars.size();
  std::vector<double> sorted(n);
  for (std::size_t k = 0; k < kSoundDims; ++k) {
    for (std::size_t i = 0; i < n; ++i) sorted[i] = bars[i][k];
    std::sort(sorted.begin(), sorted.end());
    const double middle = sorted[n / 2];
    const double spread = (sorted[(n - 1) * 9 / 10] - sorted[(n - 1) / 10]) / 2.56 + 0.02;
    for (auto& b : bars) b[k] = std::clamp((b[k] - middle) / spread, -2.0, 2.0);
    double mean = 0, all = 1e-9, slow = 0;
    for (const auto& b : bars) mean += b[k] / static_cast<double>(n);
    for (const auto& b : bars) all += (b[k] - mean) * (b[k] - mean) / static_cast<double>(n);
    for (std::size_t i = 0; i + 4 <= n; ++i) {
      const double four = (bars[i][k] + bars[i + 1][k] + bars[i + 2][k] + bars[i + 3][k]) / 4 - mean;
      slow += four * four / static_cast<double>(n - 3);
    }
    const double share = std::min(1.0, slow / all);
    for (auto& b : bars) b[k] *= share * std::sqrt(group_weight(k));
  }
}

std::array<float, kChromaClasses> mean_chroma(const Timbre& timbre, double from, double to) {
  const Frames range = frames_between(from, to, timbre.loudness.size());
  std::array<float, kChromaClasses> mean{};
  for (std::size_t i = range.first; i < range.last; ++i) {
    for (std::size_t c = 0; c < kChromaClasses; ++c) mean[c] += timbre.chroma[i * kChromaClasses + c];
  }
  for (float& v : mean) v /= static_cast<float>(range.last - range.first);
  return mean;
}

std::vector<float> tunes(const Timbre& timbre, std::span<const double> starts, double duration) {
  std::vector<float> out(starts.size() * kTuneDims);
  const auto whole = mean_chroma(timbre, 0, duration);
  for (std::size_t k = 0; k < starts.size(); ++k) {
    const double from = starts[k], length = (k + 1 < starts.size() ? starts[k + 1] : duration) - from;
    float* bar = out.data() + k * kTuneDims;
    for (std::size_t s = 0; s < kTuneSlots; ++s) {
      const auto slot = mean_chroma(timbre, from + length * static_cast<double>(s) / kTuneSlots,
                                    from + length * static_cast<double>(s + 1) / kTuneSlots);
      for (std::size_t c = 0; c < kChromaClasses; ++c) bar[s * kChromaClasses + c] = slot[c] - whole[c];
    }
    const float norm = std::sqrt(dot(bar, bar, kTuneDims));
    for (std::size_t d = 0; d < kTuneDims; ++d) bar[d] = norm > 1e-3f ? bar[d] / norm : 0.f;
  }
  return out;
}

float cosine(const BarDescriptions& bars, std::size_t a, std::size_t b) {
  return dot(bars.tune.data() + a * kTuneDims, bars.tune.data() + b * kTuneDims, kTuneDims);
}

// Adjacent bars do not count: a held chord is not a repetition.
float scale_of(const BarDescriptions& bars) {
  std::vector<float> nearest(bars.size(), 0.f);
  for (std::size_t a = 0; a < bars.size(); ++a) {
    for (std::size_t b = a + 2; b < bars.size(); ++b) {
      const float alike = cosine(bars, a, b);
      nearest[a] = std::max(nearest[a], alike);
      nearest[b] = std::max(nearest[b], alike);
    }
  }
  return std::clamp(4 * (1 - quantile(std::move(nearest), 0.5)), 0.2f, 1.f);
}

}  // namespace

float BarDescriptions::tune_alike(std::size_t a, std::size_t b) const {
  return std::clamp(1 - (1 - cosine(*this, a, b)) / tune_scale, 0.f, 1.f);
}

BarDescriptions describe_bars(const Timbre& timbre, std::span<const double> starts, double duration) {
  BarDescriptions bars;
  for (std::size_t k = 0; k < starts.size(); ++k)
    bars.sound.push_back(mean_sound(timbre, starts[k], k + 1 < starts.size() ? starts[k + 1] : duration));
  standardize(bars.sound);
  bars.tune = tunes(timbre, starts, duration);
  bars.tune_scale = scale_of(bars);
  return bars;
}

double distance(const Sound& a, const Sound& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kSoundDims; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

}  // namespace terpsi::audio
