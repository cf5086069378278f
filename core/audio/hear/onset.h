#pragma once
// Onset strength: how suddenly the spectrum grows.
//
// Log-mel spectral flux with the maximum filter of SuperFlux (Boeck and Widmer 2013):
//   L[t][b] = ln(1 + kOnsetGain * M[t][b])
//   d[t][b] = max(0, L[t][b] - max(L[t-2][b-1], L[t-2][b], L[t-2][b+1]))
// and the mean of d over a group of bands. Frame t of M is centred at t / kOnsetRate s. Flux peaks come 0 to
// 6 ms after the attack of a drum and about 10 ms after a soft one (measured), near where attacks are felt;
// no correction is made.

#include <cstddef>
#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr int kOnsetHop = 245;      // samples at kAnalysisRate; a third of a 30 fps frame
inline constexpr int kOnsetRate = 90;      // frames per second
inline constexpr int kOnsetWindow = 1024;  // samples, 46 ms
inline constexpr float kOnsetGain = 1e4f;  // for songs normalised to kLevel
inline constexpr double kLevel = 0.1;      // root mean square that analysis works at

struct OnsetStrength {
  std::vector<float> whole, low, mid, high;  // bands split at 200 and 2000 Hz (by band centre)
};

// `mel` is frames x kMelBands band powers; `centres` the band centres in Hz.
OnsetStrength onset_strength(std::span<const float> mel, std::span<const double> centres);

// Frames (indices) of local maxima that stand out: the largest within +-40 ms, above the mean of +-0.4 s by
// `threshold`. Ascending, at least 60 ms apart.
std::vector<std::size_t> pick_onsets(std::span<const float> onset, float threshold);

}  // namespace terpsi::audio
