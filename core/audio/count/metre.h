#pragma once
// Beats and their places in bars: what every listener (classical, network, score) answers.

#include <vector>

namespace terpsi::audio {

// All vectors have one entry per beat.
struct Metre {
  std::vector<double> beats;     // seconds, ascending; covers [0, duration), also through breaks
  std::vector<int> beat_in_bar;  // 1 = downbeat
  int beats_per_bar = 4;         // of most bars: 2, 3 or 4; of scores 1 to 12
  double bpm = 120;              // the tempo where there are fewer than two beats
  double confidence = 0;         // 0 (no pulse heard) to 1 (unmistakable)
};

}  // namespace terpsi::audio
