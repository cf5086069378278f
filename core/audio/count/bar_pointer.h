#pragma once
// From a network's beat and downbeat probabilities to beats and bars: the most likely way of a pointer
// through bars.
//
// After the bar-pointer models of Whiteley, Cemgil and Godsill (2006) and Krebs, Boeck and Widmer (2015),
// searched from beat to beat: a state is a place in a bar of 2, 3 or 4 beats and the interval to the beat
// before (40 to 240 BPM, in steps of a row). Going from one interval to another costs in proportion to the
// logarithm of their ratio; going from one kind of bar to another is possible at barlines only.

#include <span>

#include "audio/count/metre.h"

namespace terpsi::audio {

struct BarPointerOptions {
  double tempo_change = 47;     // cost of a change of interval, per unit of its log ratio
  double bar_change = 6;        // cost of going to another kind of bar
  double beat_bonus = 0.6;      // added to the log odds of every beat
  double floor = 0.01;          // probabilities are taken to be at least this and at most 1 - this
  double downbeat_weight = 2;   // of the log probability that a beat is (not) the first of its bar
  double skip_cost = 0.03;      // of every row before the first and after the last beat
  double octave_weight = 0.15;  // cost of a beat at a tempo away from 115 BPM, per squared octave
  double unsure = 0.35;         // below this confidence ordinary tempi are preferred more, by
  double unsure_octave_weight = 2;
  double prior[3] = {-0.9, -0.1, 0};  // added to every bar of 2, 3, 4
};

// `activation`: rows x 2 at kListenerRate (audio/listener_input.h): probability of a beat and of a downbeat,
// 0 to 1 (values outside, and NaN, are taken to the nearest bound). Beats are drawn to the peaks of the
// activation and to even spacing (audio/beat_smoothing.h). Confidence: how probable the network found the
// beats chosen. Memory: about 1.4 kB a row while it runs.
Metre bar_pointer(std::span<const float> activation, double duration, const BarPointerOptions& options = {});

}  // namespace terpsi::audio
