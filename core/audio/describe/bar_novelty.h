#pragma once
// How much is new at the start of each bar, in sound and in tune.

#include <span>
#include <vector>

#include "audio/describe/bar_description.h"

namespace terpsi::audio {

// A Gaussian-tapered checkerboard kernel of 4 bars on each side along the diagonal of the distances of sounds
// (Foote 2000): mean distance across the bar line less that within the sides. One value per bar, 0 for the
// first.
std::vector<double> sound_novelty(const BarDescriptions& bars);

// Share of the repetitions heard around each bar line that begin or end there, 0 to 1. Bars k..k+3 repeat at
// lag l when their tunes are those of bars k+l..k+l+3; where the four bars before do not at the same lag, a
// repetition begins (the idea of the structure features of Serra et al. 2012). It may begin because something
// new begins at k or at k+l: in a few rounds each is put down to the end that more speaks for, also in
// `sound` (novelty of the sound, 0 to 1, one per bar). A loop that goes on, and music that never repeats,
// give 0. Time grows with the square of the number of bars.
std::vector<double> tune_novelty(const BarDescriptions& bars, std::span<const double> sound);

}  // namespace terpsi::audio
