#include "audio/live/live_bar.h"

#include <algorithm>
#include <cmath>

namespace terpsi::audio {
namespace {

constexpr double kKeepBeats = 0.94;     // weight of the past in mean and deviation, per beat
constexpr double kKeepEvidence = 0.96;  // per beat
constexpr double kThreeIsRare = 1.0;    // prior against bars of three, nats
constexpr int kFewest = 6;              // beats before a position is reported

// Log-likelihood gain of each position, nats per standard deviation above the usual low, high and change.
constexpr double kGains[7][3] = {
    {0.5, -0.25, 0.7},     // 1 of 4
    {-0.3, 0.3, -0.25},    // 2
    {0.1, -0.25, 0.05},    // 3
    {-0.3, 0.2, -0.5},     // 4
    {0.5, -0.15, 0.7},     // 1 of 3
    {-0.25, 0.1, -0.35},   // 2
    {-0.25, 0.05, -0.35},  // 3
};

int next_place(int state) {
  return state < 4 ? (state + 1) % 4 : 4 + (state - 4 + 1) % 3;
}

}  // namespace

void LiveBar::reset() {
  evidence_ = {};
  beats_ = 0;
}

void LiveBar::push(const LiveBeatSound& sound) {
  std::array<double, 7> moved{};
  for (int state = 0; state < 7; ++state)
    moved[static_cast<std::size_t>(next_place(state))] =
        kKeepEvidence * evidence_[static_cast<std::size_t>(state)];
  evidence_ = moved;
  ++beats_;

  const std::array<double, 3> values = {sound.low, sound.high, sound.change};
  weight_ = kKeepBeats * weight_ + (1 - kKeepBeats);
  std::array<double, 3> unusual{};
  for (std::size_t v = 0; v < 3; ++v) {
    mean_[v] = kKeepBeats * mean_[v] + (1 - kKeepBeats) * values[v];
    square_[v] = kKeepBeats * square_[v] + (1 - kKeepBeats) * values[v] * values[v];
    const double mean = mean_[v] / weight_;
    const double deviation = std::sqrt(std::max(0.0, square_[v] / weight_ - mean * mean));
    unusual[v] = std::clamp((values[v] - mean) / (deviation + 0.05 * std::abs(mean) + 1e-6), -2.5, 2.5);
  }
  if (beats_ < 3) return;  // no statistics yet
  for (std::size_t state = 0; state < 7; ++state) {
    for (std::size_t v = 0; v < 3; ++v) evidence_[state] += kGains[state][v] * unusual[v];
  }
  const double top = *std::max_element(evidence_.begin(), evidence_.end());
  for (double& e : evidence_) e = std::max(e - top, -12.0);
}

int LiveBar::beats_per_bar() const {
  const double four = *std::max_element(evidence_.begin(), evidence_.begin() + 4);
  const double three = *std::max_element(evidence_.begin() + 4, evidence_.end());
  return three - kThreeIsRare > four ? 3 : 4;
}

int LiveBar::last() const {
  if (beats_ < kFewest) return 0;
  const auto from = evidence_.begin() + (beats_per_bar() == 4 ? 0 : 4);
  return static_cast<int>(std::max_element(from, from + beats_per_bar()) - from) + 1;
}

double LiveBar::confidence() const {
  if (beats_ < kFewest) return 0;
  double best = 0, all = 0;
  for (std::size_t state = 0; state < 7; ++state) {
    const double p = std::exp(evidence_[state] - (state < 4 ? 0 : kThreeIsRare));
    best = std::max(best, p);
    all += p;
  }
  return std::clamp((best / all - 0.25) / 0.75, 0.0, 1.0);
}

}  // namespace terpsi::audio
