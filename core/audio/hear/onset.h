#pragma once
// Onset strength: log-mel spectral flux with the maximum filter of SuperFlux [Boeck 2013].
//
//   L[t][b] = ln(1 + kOnsetGain * M[t][b])
//   d[t][b] = max(0, L[t][b] - max(L[t-2][b-1], L[t-2][b], L[t-2][b+1]))
//
// and the mean of d over a group of bands. Frame t of M is centred at t / kOnsetRate s. Peaks come 0 to 6 ms
// after percussive attacks and about 10 ms after soft ones (measured), near the perceived attack;
// uncorrected.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/mel.h"

namespace terpsi::audio {

inline constexpr int kOnsetHop = 245;      // samples at kAnalysisRate; a third of a 30 fps frame
inline constexpr int kOnsetRate = 90;      // frames per second
inline constexpr int kOnsetWindow = 1024;  // samples, 46 ms
inline constexpr float kOnsetGain = 1e4f;  // for songs normalised to kLevel
inline constexpr double kLevel = 0.1;      // root mean square that analysis works at

// Flux of one frame against an earlier one.
class OnsetFlux {
 public:
  struct Bands {
    float whole, low, mid, high;  // split at 200 and 2000 Hz by centre frequency
  };

  explicit OnsetFlux(const MelBank& bank);
  // now, past: kMelBands values of L.
  Bands operator()(const float* now, const float* past) const;

 private:
  std::array<std::size_t, kMelBands> group_{};  // 0 low, 1 mid, 2 high
  std::array<float, 3> size_{};                 // bands of each group
};

struct OnsetStrength {
  std::vector<float> whole, low, mid, high;  // frames each, as OnsetFlux::Bands
};

// mel: frames x kMelBands band powers of `bank`. Before the first frame there was silence.
OnsetStrength onset_strength(std::span<const float> mel, const MelBank& bank);

// Frames of onsets, ascending: the maxima of +-40 ms that exceed the mean of +-0.4 s by `threshold`, at least
// 60 ms apart.
std::vector<std::size_t> pick_onsets(std::span<const float> onset, float threshold);

}  // namespace terpsi::audio
