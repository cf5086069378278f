#pragma once
// A small song synthesiser: the page's demo song, and songs with exact beats for the tests.

#include <cstdint>
#include <vector>

#include "audio/music.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::synth {

enum class Part { intro, verse, chorus, breakdown, outro, bridge, build };

struct PartSpec {
  Part part;
  int bars;
  int harmony = 0;  // 0 to 2: other numbers, other chords
  int melody = 0;   // 0 to 7: other numbers, another tune over the same chords
};

// What the drums and the bass of verses and choruses play.
enum class Groove {
  pop,        // backbeat; kick on every beat in the chorus
  house,      // kick on every beat, hats between
  latin,      // son clave, tumbao bass, congas; no backbeat
  breakbeat,  // broken kicks and ghost notes in semiquavers
};

struct SongSpec {
  std::uint64_t seed = 7;  // key, melody and small choices
  double bpm = 118;        // 30 to 300
  double bpm_end = 0;      // tempo reached at the end, changing evenly from beat to beat; 0 = the same as bpm
  int beats_per_bar = 4;   // 3 or 4
  double swing = 0;  // 0 (even quavers) to 0.34 (triplets): how far the second quaver is late, in beats / 2
  double lead_in = 0.25;        // seconds of silence before the first beat, 0 to 10
  bool drums = true;            // false: bass, chords and lead only
  bool offbeat_bass = false;    // bass between the beats, as in house
  Groove groove = Groove::pop;  // in 3/4 pop is played
  int sample_rate = audio::kAnalysisRate;
  // About 65 s at 118 BPM.
  std::vector<PartSpec> form = {{Part::intro, 2},     {Part::verse, 8},  {Part::chorus, 8},
                                {Part::breakdown, 4}, {Part::chorus, 8}, {Part::outro, 2}};
};

// The truth about a synthesised song; times are seconds. Section labels are the values of Part, plus 8 x
// harmony, plus 64 x melody. Moments: a build-up for every Part::build, a breakdown for every
// Part::breakdown, a drop where a verse or chorus comes after either.
struct SongScore {
  double duration = 0;
  std::vector<double> beats;
  std::vector<int> beat_in_bar;
  std::vector<audio::Section> sections;
  std::vector<audio::Moment> moments;
};

struct Song {
  audio::Pcm pcm;  // peak 0.9
  SongScore score;
};

// Deterministic; the same on every platform within 1e-4. Errors: invalid_argument (a field out of range, or
// no bars), too_large (over 15 min).
Result<Song> synthesize_song(const SongSpec& spec);

}  // namespace terpsi::synth
