#include "audio/hear/onset.h"

#include <algorithm>
#include <cmath>

#include "base/statistics.h"

namespace terpsi::audio {

OnsetFlux::OnsetFlux(const MelBank& bank) {
  for (int b = 0; b < kMelBands; ++b) {
    const double centre = bank.centre(b);
    std::size_t& group = group_[static_cast<std::size_t>(b)];
    group = centre < 200 ? 0 : centre < 2000 ? 1 : 2;
    size_[group] += 1;
  }
}

OnsetFlux::Bands OnsetFlux::operator()(const float* now, const float* past) const {
  constexpr std::size_t n = kMelBands;
  std::array<float, 3> sums{};
  for (std::size_t b = 0; b < n; ++b) {
    const float before = std::max({past[b > 0 ? b - 1 : 0], past[b], past[b + 1 < n ? b + 1 : b]});
    sums[group_[b]] += std::max(0.0f, now[b] - before);
  }
  return {(sums[0] + sums[1] + sums[2]) / static_cast<float>(kMelBands), sums[0] / std::max(1.0f, size_[0]),
          sums[1] / std::max(1.0f, size_[1]), sums[2] / std::max(1.0f, size_[2])};
}

OnsetStrength onset_strength(std::span<const float> mel, const MelBank& bank) {
  const std::size_t frames = mel.size() / kMelBands;
  std::vector<float> logs(mel.size());
  for (std::size_t i = 0; i < mel.size(); ++i) logs[i] = std::log(1.0f + kOnsetGain * mel[i]);
  const OnsetFlux flux(bank);
  const std::array<float, kMelBands> silence{};
  OnsetStrength onset;
  for (auto* v : {&onset.whole, &onset.low, &onset.mid, &onset.high}) v->resize(frames);
  for (std::size_t t = 0; t < frames; ++t) {
    const float* now = logs.data() + t * kMelBands;
    const OnsetFlux::Bands d = flux(now, t >= 2 ? now - 2 * kMelBands : silence.data());
    onset.whole[t] = d.whole;
    onset.low[t] = d.low;
    onset.mid[t] = d.mid;
    onset.high[t] = d.high;
  }
  return onset;
}

std::vector<std::size_t> pick_onsets(std::span<const float> onset, float threshold) {
  constexpr std::ptrdiff_t kNear = 4, kWide = 36;
  constexpr std::size_t kApart = 5;
  const auto n = static_cast<std::ptrdiff_t>(onset.size());
  const std::vector<double> mean = moving_mean(std::vector<double>(onset.begin(), onset.end()), kWide);
  std::vector<std::size_t> peaks;
  for (std::ptrdiff_t t = 0; t < n; ++t) {
    const auto begin = onset.begin() + std::max<std::ptrdiff_t>(0, t - kNear);
    const auto end = onset.begin() + std::min(n, t + kNear + 1);
    const auto at = static_cast<std::size_t>(t);
    if (onset[at] < *std::max_element(begin, end)) continue;
    if (onset[at] < mean[at] + threshold) continue;
    if (!peaks.empty() && at - peaks.back() <= kApart) continue;
    peaks.push_back(at);
  }
  return peaks;
}

}  // namespace terpsi::audio
