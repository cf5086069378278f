#pragma once
// Beats and their places in bars: the result of every metre counter (classical, network, score).

#include <vector>

namespace terpsi::audio {

struct Metre {
  std::vector<double> beats;     // seconds, ascending; the grid covers [0, duration), breaks included
  std::vector<int> beat_in_bar;  // one per beat, 1 = downbeat
  int beats_per_bar = 4;         // of most bars: 2, 3 or 4; of scores 1 to 12
  double bpm = 120;              // stands in where there are fewer than two beats
  double confidence = 0;         // 0 (no pulse) to 1 (unmistakable)
};

}  // namespace terpsi::audio
