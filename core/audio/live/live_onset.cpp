#include "audio/live/live_onset.h"

#include <algorithm>
#include <cmath>

#include "audio/dot.h"

namespace terpsi::audio {
namespace {

constexpr double kMemory = 4.0;         // seconds, time constant of the level
constexpr double kLeastLevel = 3e-5;    // root mean square; nothing quieter is amplified further
constexpr std::int64_t kUnsettled = 3;  // frames at the start whose flux is that of the beginning itself

}  // namespace

LiveOnset::LiveOnset()
    : stft_(kOnsetWindow),
      bank_(kAnalysisRate, kOnsetWindow),
      flux_(bank_),
      window_(kOnsetWindow, 0.0f),
      missing_(kOnsetWindow / 2),
      power_(static_cast<std::size_t>(stft_.bins())),
      mean_square_(1.0 - 1.0 / (kMemory * kOnsetRate)) {
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
  mean_square_.add(mean_square);
  const double level = std::max(mean_square_.mean(), kLeastLevel * kLeastLevel);
  const auto gain = static_cast<float>(kOnsetGain * kLevel * kLevel / level);

  std::array<float, kMelBands> past;
  for (std::size_t b = 0; b < past.size(); ++b) {
    frame_.logs[b] = std::log(1.0f + gain * mel_[0][b]);
    past[b] = std::log(1.0f + gain * mel_[2][b]);
  }
  frame_.onset = frame_.index >= kUnsettled ? flux_(frame_.logs.data(), past.data()) : OnsetFlux::Bands{};
}

}  // namespace terpsi::audio
