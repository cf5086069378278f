#pragma once
// The dancer's beat: which of the music's pulses is danced, and where phrases of 4 and counts of 8 begin.

#include <vector>

#include "audio/music.h"

namespace terpsi::generate {

inline constexpr int kPhraseBeats = 4;
inline constexpr int kEightBeats = 8;

struct BeatGrid {
  std::vector<double> beats;  // dance beats, seconds, strictly ascending; fewer than two: no grid is known
  int anchor = 0;             // phrases start at dance beats with index = anchor modulo 4
  int eight_anchor = 0;       // 8-counts start at index = eight_anchor modulo 8 (equal to anchor modulo 4)

  bool known() const { return beats.size() >= 2; }
};

// 0.5, 1 or 2: the factor that brings `music_bpm` nearest to `style_bpm`, in octaves; 1 when two are equally
// near or a tempo is not positive.
double dance_factor(double music_bpm, double style_bpm);

// The valid beats of a song: finite, ascending, at least 0.1 s apart.
std::vector<double> clean_beats(const audio::MusicAnalysis& music);

// Half tempo keeps the beats on the side of the downbeats; double tempo adds the middle of each pair. Phrases
// start where most downbeats (and, between equals, most section starts) fall; where bars and phrases do not
// fit (3/4, 5/4, ...) they are counted from the first downbeat.
BeatGrid make_beat_grid(const audio::MusicAnalysis& music, double style_bpm);

// The same pulse, but a phrase and an 8-count start at the beat nearest to `from` (seconds), which is kept at
// half tempo.
BeatGrid make_beat_grid(const audio::MusicAnalysis& music, double style_bpm, double from);

// Makes a phrase and an 8-count start at the dance beat nearest to `from`. Precondition: known().
void count_from(BeatGrid& grid, double from);

// Beats since dance beat 0 at time t (seconds): linear between beats, and beyond the first and last at the
// pace of the outermost period. Precondition: known().
double beat_position(const BeatGrid& grid, double t);

// Inverse of beat_position.
double beat_time(const BeatGrid& grid, double position);

// Tempo of the dance around time t, beats per minute: mean over up to four periods on each side.
double local_tempo(const BeatGrid& grid, double t);

}  // namespace terpsi::generate
