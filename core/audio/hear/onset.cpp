#include "audio/hear/onset.h"

#include <algorithm>
#include <cmath>

#include "audio/hear/mel.h"

namespace terpsi::audio {

OnsetStrength onset_strength(std::span<const float> mel, std::span<const double> centres) {
  const std::size_t bands = kMelBands, frames = mel.size() / bands;
  OnsetStrength onset;
  for (auto* v : {&onset.whole, &onset.low, &onset.mid, &onset.high}) v->assign(frames, 0.0f);
  float counts[3] = {};
  std::vector<int> group(bands);
  for (std::size_t b = 0; b < bands; ++b) {
    group[b] = centres[b] < 200 ? 0 : centres[b] < 2000 ? 1 : 2;
    counts[group[b]] += 1;
  }

  std::vector<float> logs(mel.size());
  for (std::size_t i = 0; i < mel.size(); ++i) logs[i] = std::log(1.0f + kOnsetGain * mel[i]);
  std::vector<float> before(bands);
  for (std::size_t t = 0; t < frames; ++t) {
    const float* now = logs.data() + t * bands;
    // Before the song there was silence.
    std::fill(before.begin(), before.end(), 0.0f);
    if (t >= 2) {
      const float* past = logs.data() + (t - 2) * bands;
      for (std::size_t b = 0; b < bands; ++b) {
        before[b] = std::max({past[b > 0 ? b - 1 : 0], past[b], past[b + 1 < bands ? b + 1 : b]});
      }
    }
    float sums[3] = {};
    for (std::size_t b = 0; b < bands; ++b) sums[group[b]] += std::max(0.0f, now[b] - before[b]);
    onset.low[t] = sums[0] / std::max(1.0f, counts[0]);
    onset.mid[t] = sums[1] / std::max(1.0f, counts[1]);
    onset.high[t] = sums[2] / std::max(1.0f, counts[2]);
    onset.whole[t] = (sums[0] + sums[1] + sums[2]) / static_cast<float>(bands);
  }
  return onset;
}

std::vector<std::size_t> pick_onsets(std::span<const float> onset, float threshold) {
  constexpr std::ptrdiff_t kNear = 4, kWide = 36;
  constexpr std::size_t kApart = 5;
  const auto n = static_cast<std::ptrdiff_t>(onset.size());
  std::vector<double> sums(onset.size() + 1, 0.0);
  for (std::size_t t = 0; t < onset.size(); ++t) sums[t + 1] = sums[t] + onset[t];
  std::vector<std::size_t> peaks;
  for (std::ptrdiff_t t = 0; t < n; ++t) {
    const auto begin = onset.begin() + std::max<std::ptrdiff_t>(0, t - kNear);
    const auto end = onset.begin() + std::min(n, t + kNear + 1);
    const auto at = static_cast<std::size_t>(t);
    if (onset[at] < *std::max_element(begin, end)) continue;
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, t - kWide), to = std::min(n, t + kWide + 1);
    const double mean = (sums[static_cast<std::size_t>(to)] - sums[static_cast<std::size_t>(from)]) /
                        static_cast<double>(to - from);
    if (onset[at] < mean + threshold) continue;
    if (!peaks.empty() && at - peaks.back() <= kApart) continue;
    peaks.push_back(at);
  }
  return peaks;
}

}  // namespace terpsi::audio
