#pragma once
// Novelty at the start of each bar, in sound and in tune.

#include <span>
#include <vector>

#include "audio/describe/bar_description.h"

namespace terpsi::audio {

// Gaussian-tapered checkerboard kernel of 4 bars on each side along the diagonal of the distance matrix of
// sounds [Foote 2000]: mean distance across the barline minus that within the sides. One value per bar, 0 for
// the first.
std::vector<double> sound_novelty(const BarDescriptions& bars);

// Share of the repetitions around each barline that begin or end there, 0 to 1; after the structure features
// of [Serra 2012]. Bars k..k+3 repeat at lag l when their tunes are those of bars k+l..k+l+3; where the four
// bars before do not at the same lag, a repetition begins, because something new begins either at k or at
// k+l. Each such edge is attributed, in a few rounds, to the end with more evidence, including `sound` (sound
// novelty, 0 to 1, one per bar). A continuing loop, and music that never repeats, give 0. Quadratic in the
// number of bars.
std::vector<double> tune_novelty(const BarDescriptions& bars, std::span<const double> sound);

}  // namespace terpsi::audio
