#pragma once
// How much happens in the music: loudness, attacks, bass and brightness in one number.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

// Each T values, 0 to 1, not smoothed.
struct Activity {
  std::vector<float> loud;     // 24 dB below the loudest moment = 0
  std::vector<float> attacks;  // onset strength of the whole band, averaged over 0.5 s
  std::vector<float> low;      // level below 200 Hz, 30 dB below its 95th percentile = 0
  std::vector<float> bright;   // the same above 2 kHz
};

// `loudness` and `onset` as in MusicAnalysis, frames at 30 fps.
Activity measure_activity(const SpectralFeatures& spectral, std::span<const float> loudness,
                          std::span<const float> onset);

// 0.35 loud + 0.25 attacks + 0.2 low + 0.2 bright at each frame. Relative to the song's own extremes: see
// Character::energy for how lively the song is as a whole.
std::vector<float> raw_energy(const Activity& activity);

// Mean over `width` seconds around each frame, twice (a triangle). Fixed order of sums.
std::vector<float> smoothed(std::span<const float> values, double width);

}  // namespace terpsi::audio
