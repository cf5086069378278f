#pragma once
// Metre from a network's beat and downbeat probabilities: the most likely path of a bar pointer.
//
// A bar pointer model [Whiteley 2006] [Krebs 2015] searched from beat to beat: a state is a position in a bar
// of 2, 3 or 4 beats and the interval since the last beat (39 to 245 BPM, in whole rows). A change of
// interval costs in proportion to |log ratio|; the bar length may change at barlines only.

#include <span>

#include "audio/count/metre.h"

namespace terpsi::audio {

// activation: rows x 2 at kListenerRate (hear/listener_input.h), the probabilities of a beat and of a
// downbeat, clamped to [0.01, 0.99]; NaN counts as 0.01. Beats are fitted by smooth_beats. Confidence: the
// mean probability of the chosen beats, rescaled, times the share of the song that they cover. Memory: 1.4 kB
// per row during the search.
Metre bar_pointer(std::span<const float> activation, double duration);

}  // namespace terpsi::audio
