#pragma once
// The analysis of a song that choreography is generated from. Data only.

#include <cstddef>
#include <vector>

namespace terpsi::audio {

// A stretch of the song. Sections with equal labels sound alike; labels count from 0 in order of appearance.
struct Section {
  double start;  // seconds
  double end;    // seconds
  int label;
};

// A structural event that dancers respond to.
struct Moment {
  enum class Kind {
    build_up,   // energy rises over 4 to 16 bars, up to the start of a section
    drop,       // energy jumps at a downbeat; start == end
    breakdown,  // a stretch much calmer than its surroundings
  };
  Kind kind;
  double start, end;  // seconds
  double strength;    // 0 to 1
};

// Descriptors of the whole song that the dance style is chosen from. Values without a unit are 0 to 1 and
// absolute: they compare songs with each other, not moments of one song.
struct Character {
  double bpm = 120;
  int beats_per_bar = 4;
  double energy = 0;      // from onset density, percussion, bass and compression of the dynamics
  double percussion = 0;  // broadband onsets (drums); 1 = two or more a second
  double brightness = 0;  // share of power above 2 kHz: -30 dB = 0, -6 dB = 1
  double bass = 0;        // share of power below 200 Hz: -14 dB = 0, 0 dB = 1
  double tonality = 0;    // how far a few pitch classes stand out from the others
  double swing = 0;       // share of onsets at two thirds of the beat, against those at its middle
  double four_floor = 0;  // equally strong bass onsets on every beat, weaker ones between
  double backbeat = 0;    // onsets above the bass on beats 2 and 4, against 1 and 3
  double latin = 0;       // bass onsets three and five quavers apart (tresillo, tumbao) rather than four
  double dynamics = 0;    // dB between the 10th and 90th percentile of loudness
  double steadiness = 0;  // beat confidence times evenness of the tempo
};

// Times are seconds of the decoded song; frame i of every per-frame vector is at i / 30 s.
struct MusicAnalysis {
  double duration = 0;           // seconds
  double tempo_bpm = 0;          // median tempo
  int beats_per_bar = 4;         // of most bars: 2, 3 or 4; of scores 1 to 12
  double beat_confidence = 0;    // 0 (no pulse) to 1 (unmistakable)
  std::vector<double> beats;     // ascending; the grid covers the whole song, breaks included
  std::vector<int> beat_in_bar;  // one per beat, 1 = downbeat
  std::vector<Section> sections;
  std::vector<double> eights;  // starts of the counts of 8, ascending, on downbeats (audio/describe/eights.h)
  std::vector<Moment> moments;  // by start (audio/describe/moments.h)
  Character character;          // of the whole song (audio/describe/character.h)

  std::size_t frames = 0;       // T = max(1, round(duration * 30))
  std::vector<float> features;  // T x FeatureLayout::kColumns, row-major (audio/describe/features.h)
  std::vector<float> tempo;     // T, beats per minute
  std::vector<float> loudness;  // T, 0 (silence) to 1 (the song's maximum), logarithmic, smoothed over 0.4 s
  std::vector<float> onset;     // T, full-band onset strength, 99th percentile = 1, at most 1.5
  std::vector<float> novelty;   // T, section novelty, 0 to 1
  std::vector<float> energy;    // T, 0 to 1, averaged over about a bar (audio/describe/energy.h)
  std::vector<float> waveform;  // peak envelope for drawing, 60 values a second, 0 to 1
};

}  // namespace terpsi::audio
