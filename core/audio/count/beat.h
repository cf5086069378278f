#pragma once
// Beats: a grid over the whole song that meets the onsets, follows the tempo, and runs on through breaks.

#include <span>
#include <vector>

#include "audio/count/tempo.h"
#include "audio/hear/onset.h"

namespace terpsi::audio {

// How well one metrical level (a multiple of the tempo found) explains the song.
struct MetricalLevel {
  double factor = 1;          // of the tempo curve
  std::vector<double> beats;  // seconds, ascending, from the first to the last heard beat
  double contrast = 0;        // strength between beats over strength on them: 1 = the beat is twice as fast
  double alternation = 0;     // 0 = neighbouring beats equally strong, 1 = every second beat is empty
  double backbeat = 0;        // how strictly brightness alternates from beat to beat, 0 to 1
  double score = 0;           // log likelihood, up to a constant
};

// Dynamic programming (after Ellis 2007) along the tempo curve times `factor`, then a least-squares smoothing
// that draws beats to the onset peaks and to even spacing. Returns seconds; empty where `pulse` is.
std::vector<double> track_beats(std::span<const float> pulse, const TempoCurve& tempo, double factor);

// Tries half, once and twice the tempo and keeps the level with the best evidence. Levels come best first.
std::vector<MetricalLevel> rank_metrical_levels(const OnsetStrength& onset, std::span<const float> pulse,
                                                const TempoCurve& tempo);

// Continues a grid evenly to cover [0, duration); `period` (seconds) serves where it has fewer than two
// beats.
std::vector<double> extend_beat_grid(std::vector<double> beats, double period, double duration);

}  // namespace terpsi::audio
