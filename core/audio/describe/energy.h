#pragma once
// Energy of the music over time: loudness, onset density, bass and brightness.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

// T values each, 0 to 1, relative to the song's own extremes.
struct Activity {
  std::vector<float> loud;     // 24 dB below the loudest moment = 0
  std::vector<float> attacks;  // full-band onset strength over 0.5 s
  std::vector<float> low;      // level below 200 Hz, 30 dB below its 95th percentile = 0
  std::vector<float> bright;   // level above 2 kHz, likewise
};

// `loudness` and `onset` as in MusicAnalysis.
Activity measure_activity(const SpectralFeatures& spectral, std::span<const float> loudness,
                          std::span<const float> onset);

// 0.35 loud + 0.25 attacks + 0.2 low + 0.2 bright at each frame. Character::energy is the absolute
// counterpart.
std::vector<float> raw_energy(const Activity& activity);

// Two moving means of `width` seconds over values at 30 a second: a triangular window.
std::vector<float> smoothed(std::span<const float> values, double width);

}  // namespace terpsi::audio
