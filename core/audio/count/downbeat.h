#pragma once
// Bars: which beats are downbeats, and whether there are three or four beats in a bar.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

struct Downbeats {
  int beats_per_bar = 4;         // 3 or 4
  std::vector<int> beat_in_bar;  // one per beat, 1 = downbeat
  std::vector<double> evidence;  // one per beat: for a downbeat, in standard deviations of the song
};

// Evidence at each beat: onset in the low band, change of harmony, loud attack; in 4/4 also the backbeat
// (snare on 2 and 4). The best cycle through the bar is found by Viterbi; leaving the cycle is possible but
// expensive. `chroma` is frames x 12 at 30 fps; `beats` are seconds, ascending.
Downbeats track_downbeats(std::span<const double> beats, const OnsetStrength& onset,
                          std::span<const float> chroma);

}  // namespace terpsi::audio
