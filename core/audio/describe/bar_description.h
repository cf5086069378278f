#pragma once
// Bars of a song, described so that they can be compared: how each sounds, and which tune it carries.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "audio/describe/structure.h"
#include "audio/hear/chroma.h"

namespace terpsi::audio {

inline constexpr std::size_t kSoundMfcc = 12;
inline constexpr std::size_t kSoundDims = kSoundMfcc + kChromaClasses + 1 + 3;
inline constexpr std::size_t kTuneSlots = 4;  // quarters of a bar
inline constexpr std::size_t kTuneDims = kTuneSlots * kChromaClasses;

// Mean timbre, harmony, loudness and onsets. Distances are Euclidean.
using Sound = std::array<double, kSoundDims>;

struct BarDescriptions {
  std::vector<Sound> sound;
  // Tune: chroma of each quarter of the bar less that of the whole song, length 1 in all (or 0 in silence).
  std::vector<float> tune;  // bars x kTuneDims
  // Difference of the cosine that makes two tunes wholly unlike: 4 x the median difference of a bar from the
  // bar likest to it, 0.2 to 1. Where machines repeat exactly, small differences say much.
  float tune_scale = 1;

  std::size_t size() const { return sound.size(); }
  // Likeness of the tunes of two bars, 0 to 1.
  float tune_alike(std::size_t a, std::size_t b) const;
};

// Bar k lasts from starts[k] to starts[k + 1], the last to `duration`, seconds. Every dimension of the sound
// is scaled to the song's usual spread (one that hardly moves is not blown up, one odd bar does not count for
// much) and weighted by the share of its variance that survives a mean over four bars: what alternates from
// bar to bar, such as chords, says little about sections. Precondition: at least 4 bars.
BarDescriptions describe_bars(const Timbre& timbre, std::span<const double> starts, double duration);

double distance(const Sound& a, const Sound& b);

}  // namespace terpsi::audio
