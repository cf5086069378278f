#pragma once
// Downbeat tracking: which beats begin a bar, and whether bars have three or four beats.

#include <span>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

// Vectors have one entry per beat.
struct Downbeats {
  int beats_per_bar = 4;         // 3 or 4
  std::vector<int> beat_in_bar;  // 1 = downbeat
  std::vector<double> evidence;  // for a downbeat, in standard deviations over the song
};

// Evidence at each beat: low-band onset, harmonic change, full-band onset; in 4/4 also the backbeat (snare on
// 2 and 4). The best path through the bar positions is found by Viterbi decoding; leaving the cycle is
// possible at a cost. chroma: frames x kChromaClasses at 30 fps. beats: seconds, ascending.
Downbeats track_downbeats(std::span<const double> beats, const OnsetStrength& onset,
                          std::span<const float> chroma);

}  // namespace terpsi::audio
