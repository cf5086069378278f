#pragma once
// Mono audio as the whole program hears it.

#include <vector>

namespace terpsi::audio {

inline constexpr int kAnalysisRate = 22050;  // Hz, the rate every analysis stage works at

struct Pcm {
  std::vector<float> samples;  // mono, nominal range [-1, 1]
  int sample_rate = kAnalysisRate;

  double seconds() const { return sample_rate > 0 ? static_cast<double>(samples.size()) / sample_rate : 0.0; }
};

}  // namespace terpsi::audio
