#pragma once
// Tempo over time: which beat period the onsets repeat at.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

inline constexpr double kMinBpm = 40, kMaxBpm = 240;
inline constexpr int kTempoHop = kOnsetRate / 2;  // onset frames between two estimates: 0.5 s

// Estimate k is centred at k * kTempoHop / kOnsetRate s. At least one.
struct TempoCurve {
  std::vector<double> bpm;  // within kMinBpm to kMaxBpm
  double strength = 0;      // mean normalised autocorrelation at the chosen period: 0 (noise) to about 1

  // Beats per minute at a time, linear between estimates.
  double at(double seconds) const;
  double median() const;
};

// The onset signal that pulse is looked for in: whole band and low band in equal parts, less their mean over
// +-0.5 s, at least 0, evened out in level over some seconds (a quiet passage counts almost like a loud one);
// its root mean square is 1 unless it is all 0.
std::vector<float> pulse_signal(const OnsetStrength& onset);

// Autocorrelation of `pulse` in Hann windows of 8 s, summed over 1 to 4 periods for tempi kMinBpm to kMaxBpm,
// times a broad preference for about 115 BPM, then the best smooth path through them (Viterbi).
TempoCurve track_tempo(std::span<const float> pulse);

}  // namespace terpsi::audio
