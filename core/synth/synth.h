#pragma once
// A small song synthesiser with known beats, sections and moments: the page's demo song and test material.

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
  int harmony = 0;  // 0 to 2, the chord progression
  int melody = 0;   // 0 to 7, the tune over it
};

// Drum and bass pattern of verses and choruses.
enum class Groove {
  pop,        // backbeat; kick on every beat in the chorus
  house,      // kick on every beat, hats between
  latin,      // son clave, tumbao bass, congas; no backbeat
  breakbeat,  // broken kicks and ghost notes in semiquavers
};

struct SongSpec {
  std::uint64_t seed = 7;  // of key, melody and variations
  double bpm = 118;        // 30 to 300
  double bpm_end = 0;      // tempo at the end, linear from beat to beat; 0 = bpm
  int beats_per_bar = 4;   // 3 or 4
  double swing = 0;        // 0 (even quavers) to 0.34 (triplets): delay of the second quaver, in half beats
  double lead_in = 0.25;   // seconds of silence before the first beat, 0 to 10
  bool drums = true;       // false: bass, chords and lead only
  bool offbeat_bass = false;    // bass between the beats, as in house
  Groove groove = Groove::pop;  // in 3/4 pop is played
  int sample_rate = audio::kAnalysisRate;
  // About 65 s at 118 BPM.
  std::vector<PartSpec> form = {{Part::intro, 2},     {Part::verse, 8},  {Part::chorus, 8},
                                {Part::breakdown, 4}, {Part::chorus, 8}, {Part::outro, 2}};
};

// Ground truth, times in seconds. Section labels: Part + 8 harmony + 64 melody. Moments: a build-up for every
// Part::build, a breakdown for every Part::breakdown, a drop where a verse or chorus follows either.
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
