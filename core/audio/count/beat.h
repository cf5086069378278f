#pragma once
// Beat tracking: a grid over the whole song that meets the onsets, follows the tempo and continues through
// breaks.

#include <span>
#include <vector>

#include "audio/count/tempo.h"
#include "audio/hear/onset.h"

namespace terpsi::audio {

// How well one metrical level, a multiple of the tracked tempo, explains the song.
struct MetricalLevel {
  double factor = 1;          // of the tempo curve
  std::vector<double> beats;  // seconds, ascending, from the first to the last tracked beat
  double contrast = 0;        // pulse between beats over pulse on them: 1 suggests twice the tempo
  double alternation = 0;     // 0 = neighbouring beats equally strong, 1 = every second beat is empty
  double backbeat = 0;        // how regularly brightness alternates from beat to beat, 0 to 1
  double score = 0;           // log likelihood up to a constant
};

// Dynamic programming [Ellis 2007] along the tempo curve times `factor`, then smooth_beats. Returns seconds;
// empty where `pulse` is.
std::vector<double> track_beats(std::span<const float> pulse, const TempoCurve& tempo, double factor);

// Half, once and twice the tempo, the best explanation first.
std::vector<MetricalLevel> rank_metrical_levels(const OnsetStrength& onset, std::span<const float> pulse,
                                                const TempoCurve& tempo);

// Extrapolates a grid evenly to cover [0, duration). `period`: seconds, for grids of fewer than two beats.
std::vector<double> extend_beat_grid(std::vector<double> beats, double period, double duration);

}  // namespace terpsi::audio
