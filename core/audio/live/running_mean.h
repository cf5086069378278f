#pragma once
// Exponentially weighted mean, unbiased from its first value.

namespace terpsi::audio {

struct RunningMean {
  // keep: weight of the past at each value, below 1.
  explicit RunningMean(double keep_) : keep(keep_) {}
  void add(double value) {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
  }
  double mean() const { return weight > 0 ? sum / weight : 0; }

  double keep, sum = 0, weight = 0;
};

}  // namespace terpsi::audio
