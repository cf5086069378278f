#pragma once
// Counts of 8: where a choreographer says "and one".
//
// A count of 8 is two bars in 4/4 and four in 2/4. In 3/4 it is two bars as well, counted to six: a waltz
// step takes two bars to return to the foot it began with, and choreographers write for pairs of bars.
// Counting begins anew with every section, so that a part of an odd number of bars ends with a short count.

#include <vector>

#include "audio/music.h"

namespace terpsi::audio {

int bars_of_eight(int beats_per_bar);

// Which of the song's downbeats, counted modulo bars_of_eight, the counts of 8 of the whole song begin on:
// those that most section starts agree with.
int eight_parity(const MusicAnalysis& music);

// MusicAnalysis::eights from beats, beat_in_bar, beats_per_bar and sections. Before the first section start
// that is a downbeat, and with no such start, eight_parity decides.
std::vector<double> count_eights(const MusicAnalysis& music);

}  // namespace terpsi::audio
