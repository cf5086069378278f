#pragma once
// Descriptors of the bars of a song, for comparing them: timbre ("sound") and melody and harmony ("tune").

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

// Mean MFCC, chroma, loudness and band onsets, standardised; distances are Euclidean.
using Sound = std::array<double, kSoundDims>;

struct BarDescriptions {
  std::vector<Sound> sound;
  // bars x kTuneDims: chroma of each quarter of the bar minus that of the song, scaled to unit length (0 in
  // silence).
  std::vector<float> tune;
  // Cosine distance at which two tunes are entirely different: 4 x the median distance of a bar from its
  // nearest neighbour, 0.2 to 1. Small differences count for more where repetitions are exact (sequenced
  // music).
  float tune_scale = 1;

  std::size_t size() const { return sound.size(); }
  // Similarity of the tunes of two bars, 0 to 1.
  float tune_alike(std::size_t a, std::size_t b) const;
};

// Bar k lasts from starts[k] to starts[k + 1], the last to `duration`, seconds. Each dimension of the sound
// is divided by its 10 % to 90 % spread over the song plus a floor, clamped, and weighted by the share of its
// variance that survives a mean over four bars: what alternates from bar to bar, such as chords, says little
// about sections. Precondition: at least 4 bars.
BarDescriptions describe_bars(const Timbre& timbre, std::span<const double> starts, double duration);

double distance(const Sound& a, const Sound& b);

}  // namespace terpsi::audio
