#include "audio/live/live_onset.h"

#include <algorithm>
#include <cmath>

#include "audio/dot.h"

namespace terpsi::audio {
namespace {

constexpr double kMemory = 4.0;         // seconds over which the level is heard
constexpr double kLeastLevel = 3e-5;    // nothing quieter is made louder
constexpr std::int64_t kUnsettled = 3;  // frames at the start that differ from silence by beginning

}  // namespace

LiveOnset::LiveOnset()
    : stft_(kOnsetWindow),
      bank_(kAnalysisRate, kOnsetWindow),
      window_(kOnsetWindow, 0.0f),
      missing_(kOnsetWindow / 2),
      power_(static_cast<std::size_t>(stft_.bins())) {
  for (int b = 0; b < kMelBands; ++b) {
    const double centre = bank_.centre(b);
    group_[static_cast<std::size_t>(b)] = centre < 200 ? 0 : centre < 2000 ? 1 : 2;
    counts_[static_cast<std::size_t>(group_[static_cast<std::size_t>(b)])] += 1;
  }
  frame_.index = -1;
}

bool LiveOnset::push(std::span<const float> samples, std::size_t& taken) {
  taken = std::min(samples.size(), missing_);
  std::move(window_.begin() + static_cast<std::ptrdiff_t>(taken), window_.end(), window_.begin());
  std::copy_n(samples.begin(), taken, window_.end() - static_cast<std::ptrdiff_t>(taken));
  missing_ -= taken;
  if (missing_ > 0) return false;
  missing_ = kOnsetHop;
  analyse();
  return true;
}

void LiveOnset::analyse() {
  frame_.index += 1;
  stft_.power(window_, kOnsetWindow / 2, power_);
  std::rotate(mel_.begin(), mel_.end() - 1, mel_.end());
  bank_.apply(power_, mel_[0]);

  const double mean_square =
      static_cast<double>(dot(window_.data(), window_.data(), window_.size())) / kOnsetWindow;
  frame_.level = static_cast<float>(std::sqrt(mean_square));
  constexpr double kKeep = 1.0 - 1.0 / (kMemory * kOnsetRate);
  loudness_ = kKeep * loudness_ + (1 - kKeep) * mean_square;
  weight_ = kKeep * weight_ + (1 - kKeep);
  const double level = std::max(loudness_ / weight_, kLeastLevel * kLeastLevel);
  const auto gain = static_cast<float>(kOnsetGain * kLevel * kLevel / level);

  std::array<float, kMelBands> past;
  for (std::size_t b = 0; b < past.size(); ++b) {
    frame_.logs[b] = std::log(1.0f + gain * mel_[0][b]);
    past[b] = std::log(1.0f + gain * mel_[2][b]);
  }
  std::array<float, 3> sums{};
  for (std::size_t b = 0; b < past.size(); ++b) {
    const float before = std::max({past[b > 0 ? b - 1 : 0], past[b], past[b + 1 < past.size() ? b + 1 : b]});
    sums[static_cast<std::size_t>(group_[b])] += std::max(0.0f, frame_.logs[b] - before);
  }
  const bool settled = frame_.index >= kUnsettled;
  frame_.low = settled ? sums[0] / std::max(1.0f, counts_[0]) : 0.0f;
  frame_.high = settled ? sums[2] / std::max(1.0f, counts_[2]) : 0.0f;
  frame_.whole = settled ? (sums[0] + sums[1] + sums[2]) / static_cast<float>(kMelBands) : 0.0f;
}

}  // namespace terpsi::audio
