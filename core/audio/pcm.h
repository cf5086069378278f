#pragma once
// Mono audio, its checks, level and peak envelope.

#include <span>
#include <vector>

#include "base/result.h"

namespace terpsi::audio {

inline constexpr int kAnalysisRate = 22050;  // Hz, of every analysis stage

struct Pcm {
  std::vector<float> samples;  // mono, nominal range [-1, 1]
  int sample_rate = kAnalysisRate;

  double seconds() const { return sample_rate > 0 ? static_cast<double>(samples.size()) / sample_rate : 0.0; }
};

// Whether a song can be analysed. Errors: invalid_argument (rate outside limits.h, samples not finite or
// beyond 1e12), empty (under 1 s, or silent apart from a DC offset), too_large (over 15 min).
Status check_pcm(const Pcm& pcm);

// Removes the DC offset and scales to the given root mean square.
void normalize(std::vector<float>& samples, double rms);

// Peaks of |sample| over 1 / values_per_second s each, 0 to 1 of the song's peak, for drawing. At least one
// value.
std::vector<float> peak_envelope(std::span<const float> samples, int sample_rate, double values_per_second);

}  // namespace terpsi::audio
