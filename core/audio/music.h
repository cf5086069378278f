#pragma once
// What the program knows about a song: the one structure between listening and dancing. Data only.

#include <cstddef>
#include <vector>

namespace terpsi::audio {

// A stretch of the song; sections with the same label sound alike (0 is the first kind heard).
struct Section {
  double start;  // seconds
  double end;    // seconds
  int label;
};

// What dancers wait for and answer to.
struct Moment {
  enum class Kind {
    build_up,   // energy rises over 4 to 16 bars to a section's start
    drop,       // and breaks out: a sudden rise at a downbeat; start == end
    breakdown,  // the song holds its breath: a stretch much calmer than what surrounds it
  };
  Kind kind;
  double start, end;  // seconds
  double strength;    // 0 to 1
};

// What kind of song it is, in numbers that a style of dance can be chosen by.
// Shares are 0 to 1 and absolute: they compare songs with each other, not moments of one song.
struct Character {
  double bpm = 120;
  int beats_per_bar = 4;
  double energy = 0;      // how much goes on: attacks a second, weight of bass, evenness of loudness
  double percussion = 0;  // attacks through most of the spectrum at once: drums; 1 = two or more a second
  double brightness = 0;  // share of power above 2 kHz, -30 dB = 0, -6 dB = 1
  double bass = 0;        // share of power below 200 Hz, -14 dB = 0, all of it = 1
  double tonality = 0;    // how far few pitch classes stand out of the others
  double swing = 0;       // share of attacks at two thirds of the beat, against those at its middle
  double four_floor = 0;  // as strong a bass attack on every beat, and weaker ones between
  double backbeat = 0;    // attacks above the bass on 2 and 4 against 1 and 3
  double latin = 0;       // bass attacks three and five quavers apart (tresillo, tumbao), not four
  double dynamics = 0;    // decibels between the 10th and the 90th percentile of loudness
  double steadiness = 0;  // of the beat: confidence x evenness of the tempo
};

// All times are seconds of the decoded song; frame i of every per-frame vector is at i / 30 s.
struct MusicAnalysis {
  double duration = 0;           // seconds
  double tempo_bpm = 0;          // median tempo
  int beats_per_bar = 4;         // 2, 3 or 4; of scores 1 to 12: of most bars
  double beat_confidence = 0;    // 0 (no pulse heard) to 1 (unmistakable)
  std::vector<double> beats;     // ascending; the grid covers the whole song, also through breaks
  std::vector<int> beat_in_bar;  // one per beat, 1 = downbeat
  std::vector<Section> sections;
  std::vector<double> eights;   // starts of the counts of 8, ascending, all on downbeats (audio/describe/eights.h)
  std::vector<Moment> moments;  // by start (audio/describe/moments.h)
  Character character;          // of the whole song (audio/describe/character.h)

  std::size_t frames = 0;       // T = max(1, round(duration * 30))
  std::vector<float> features;  // T x FeatureLayout::kColumns, row-major (see audio/describe/features.h)
  std::vector<float> tempo;     // T, beats per minute
  std::vector<float>
      loudness;  // T, 0 (silence) to 1 (the song's loudest), perceptual (log) scale, ~0.4 s smoothing
  std::vector<float> onset;     // T, whole-band onset strength, 0 to about 1 (99th percentile = 1)
  std::vector<float> novelty;   // T, section novelty 0 to 1
  std::vector<float> energy;    // T, 0 to 1, how much happens, over about a bar (audio/describe/energy.h)
  std::vector<float> waveform;  // peak envelope for drawing, 60 values per second, 0 to 1
};

}  // namespace terpsi::audio
