#pragma once
// Counts of 8, as choreographers count them: two bars in 4/4, four in 2/4, two in 3/4 (counted to six, since
// a waltz step takes two bars to return to the same foot). Counting restarts with every section, so that a
// section of an odd number of bars ends with a short count.

#include <vector>

#include "audio/music.h"

namespace terpsi::audio {

// Beats with beat_in_bar 1, seconds.
std::vector<double> downbeats(const MusicAnalysis& music);

// The downbeat, modulo the bars of a count of 8, on which most sections start.
int eight_parity(const MusicAnalysis& music);

// MusicAnalysis::eights from beats, beat_in_bar, beats_per_bar and sections. eight_parity decides before the
// first section start that is a downbeat, and where there is none.
std::vector<double> count_eights(const MusicAnalysis& music);

}  // namespace terpsi::audio
