#pragma once
// FeatureLayout v1: the named columns of MusicAnalysis::features. Columns are only ever appended, with a new
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
  static constexpr int kBeatPhase = 35;     // 2: sin, cos; phase 0 on a beat
  static constexpr int kBarPhase = 37;      // 2: sin, cos; phase 0 on a downbeat
  static constexpr int kEightPhase = 39;    // 2: sin, cos; phase 0 every second downbeat (8-count in 4/4)
  static constexpr int kBeatDistance = 41;  // 1: signed time to the nearest beat in beats, -0.5 to 0.5
  static constexpr int kLogTempo = 42;      // 1: log2(bpm / 120)
  static constexpr int kLoudness = 43;      // 1
  static constexpr int kBandOnset = 44;     // 3: low (< 200 Hz), mid (200-2000 Hz), high (> 2000 Hz)
  static constexpr int kNovelty = 47;       // 1: section novelty
  static constexpr int kColumns = 48;

  // Column names in order, e.g. "onset", "mfcc_0", ..., for NPZ and JSON.
  static std::array<std::string_view, kColumns> names();
};

// What the feature table needs beyond the fields of MusicAnalysis.
struct FeatureSources {
  std::span<const float> mfcc;          // frames x 20
  std::span<const float> chroma;        // frames x 12
  std::span<const float> band_onset;    // frames x 3, each band's 99th percentile = 1
  std::span<const double> onset_peaks;  // seconds
};

// Fills music.features from the other fields of `music` (frames, beats, beat_in_bar, sections, tempo,
// loudness, onset, novelty). With no beats the beat columns are 0.
void fill_features(MusicAnalysis& music, const FeatureSources& sources);

}  // namespace terpsi::audio
