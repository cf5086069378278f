#pragma once
// Tempo tracking: the beat period at which onsets repeat, over time.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

inline constexpr double kMinBpm = 40, kMaxBpm = 240;
inline constexpr int kTempoHop = kOnsetRate / 2;  // onset frames between two estimates: 0.5 s

// Estimate k is centred at k * kTempoHop / kOnsetRate s. At least one.
struct TempoCurve {
  std::vector<double> bpm;  // kMinBpm to kMaxBpm
  double strength = 0;      // mean normalised autocorrelation at the chosen period, 0 (noise) to 1

  // Beats per minute at a time, linear between estimates.
  double at(double seconds) const;
  double median() const;
};

// The onset signal for tempo and beat tracking: full band and low band in equal parts, minus the mean of
// +-0.5 s, half-wave rectified, its level equalised over +-4 s (quiet passages count almost like loud ones).
// Root mean square 1, or all 0.
std::vector<float> pulse_signal(const OnsetStrength& onset);

// Tempogram: autocorrelation of `pulse` in Hann windows of 8 s, summed over 1 to 4 periods for tempi from
// kMinBpm to kMaxBpm, with a broad prior around 115 BPM; then the smoothest strong path by Viterbi decoding.
TempoCurve track_tempo(std::span<const float> pulse);

}  // namespace terpsi::audio
