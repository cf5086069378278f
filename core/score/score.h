#pragma once
// A score: notes, tempo map, time signatures and bars, and the metre and note density that follow from them.

#include <cstddef>
#include <string>
#include <vector>

#include "audio/count/metre.h"

namespace terpsi::score {

// Times are seconds and places quarter notes from the start of the song.

struct Note {
  double start, end;  // seconds, start <= end, sustain pedal included
  int pitch;          // 0 to 127, 60 = middle C, A4 (69) = 440 Hz; of percussion the instrument
  int velocity;       // 1 to 127
  int volume;         // 0 to 127: channel volume times expression where the note starts
  int program;        // General MIDI program, 0 to 127
  int channel;        // 0 to 15
  bool drum;          // General MIDI percussion
};

// From `place` on, a quarter lasts 60 / bpm seconds.
struct TempoChange {
  double time, place;
  double bpm;  // quarter notes per minute, positive
};

// From `place` on; a change within a bar truncates the bar.
struct TimeSignature {
  double time, place;
  int numerator, denominator;  // 6 and 8 for 6/8; the denominator is a power of two up to 64
};

struct Bar {
  double start, end;      // seconds
  double place, length;   // quarters; a bar truncated by the next signature ends there
  std::size_t signature;  // index into Score::signatures
};

struct Score {
  double duration = 0;      // seconds, to the end of the last note
  std::vector<Note> notes;  // ascending start, then channel, then pitch
  // The first entries are at time 0; at least one each where has_metre.
  std::vector<TempoChange> tempi;
  std::vector<TimeSignature> signatures;
  std::vector<Bar> bars;   // from 0 to `duration` without gaps
  bool has_metre = false;  // false: SMPTE times without a tempo; tempi, signatures and bars are empty
  std::string title;       // plain UTF-8; may be empty
  std::vector<std::string> tracks;  // non-empty track names, plain UTF-8
};

// Seconds at a place, by the tempo map. Precondition: tempi is not empty.
double seconds_at(const Score& score, double place);

// Fills score.bars from signatures, tempi and duration. Precondition: has_metre.
void lay_bars(Score& score);

// Beats from 0 to `seconds`, past `duration` by extrapolation, with confidence 1:
//
//   n/1, n/2, n/4         n beats; halves and wholes of more than 1.5 s are counted in quarters
//   6/8, 9/8, 12/8, n/16  dotted: groups of three
//   other n/8, n/16       n beats while they last at least 1/3 s, else pairs, an odd one with the last pair:
//                         4/8 = 2 + 2, 5/8 = 2 + 3, 7/8 = 2 + 2 + 3; 3/8 = one beat
//
// A first bar that is shorter than the second is a pickup: its beats are the last ones of a bar. Bars of more
// than 12 beats are counted in fours, or in threes where those fit better. beats_per_bar is that of most of
// the time, bpm the median. Without a metre: no beats, confidence 0.
audio::Metre score_metre(const Score& score, double seconds);

// The part of a metre in [from, to), with times from `from`.
audio::Metre metre_between(const audio::Metre& metre, double from, double to);

// Note onsets per second in a Hann window of +-1 s. `frames` values, frame i at from + i / 30 s. Each note of
// a chord counts.
std::vector<float> note_density(const Score& score, std::size_t frames, double from = 0);

}  // namespace terpsi::score
