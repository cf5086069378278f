#pragma once
// FeatureLayout: the named columns of MusicAnalysis::features. Columns are only ever appended, with a new
// version.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace terpsi::audio {

struct MusicAnalysis;

struct FeatureLayout {
  static constexpr int kVersion = 1;
  static constexpr int kOnset = 0;          // 1: onset strength
  static constexpr int kMfcc = 1;           // 20
  static constexpr int kChroma = 21;        // 12
  static constexpr int kOnsetPeak = 33;     // 1: 1 on frames nearest an onset peak
  static constexpr int kBeat = 34;          // 1: 1 on frames nearest a beat
  static constexpr int kBeatPhase = 35;     // 2: sin and cos, phase 0 on a beat
  static constexpr int kBarPhase = 37;      // 2: sin and cos, phase 0 on a downbeat
  static constexpr int kEightPhase = 39;    // 2: sin and cos, phase 0 on every second downbeat
  static constexpr int kBeatDistance = 41;  // 1: from the nearest beat, in beats, -0.5 to 0.5
  static constexpr int kLogTempo = 42;      // 1: log2(bpm / 120)
  static constexpr int kLoudness = 43;      // 1
  static constexpr int kBandOnset = 44;     // 3: below 200 Hz, 200 to 2000 Hz, above
  static constexpr int kNovelty = 47;       // 1: section novelty
  static constexpr int kColumns = 48;

  // Column names in order, e.g. "onset", "mfcc_0", ..., for NPZ and JSON.
  static std::array<std::string_view, kColumns> names();
};

// The columns that are not fields of MusicAnalysis.
struct FeatureSources {
  std::span<const float> mfcc;          // frames x kMfccCount
  std::span<const float> chroma;        // frames x kChromaClasses
  std::span<const float> band_onset;    // frames x 3, each band's 99th percentile = 1
  std::span<const double> onset_peaks;  // seconds
};

// Fills music.features from the other fields of `music` (frames, beats, beat_in_bar, sections, tempo,
// loudness, onset, novelty). The beat columns are 0 where there are fewer than two beats.
void fill_features(MusicAnalysis& music, const FeatureSources& sources);

}  // namespace terpsi::audio
