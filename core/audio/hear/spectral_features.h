#pragma once
// What is heard of a song before anyone counts: spectra, attacks, harmony, loudness.

#include <cstddef>
#include <vector>

#include "audio/hear/onset.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

// Onset frame t is at t / kOnsetRate s; frame i at i / 30 s, which is onset frame i * kOnsetStride.
inline constexpr std::size_t kOnsetStride = 3;

struct SpectralFeatures {
  double duration = 0;          // seconds
  std::size_t frames = 0;       // T = max(1, round(duration * 30))
  std::vector<float> mel;       // (T * kOnsetStride) x kMelBands band powers
  OnsetStrength onset;          // T * kOnsetStride values each
  std::vector<float> mfcc;      // T x kMfccCount
  std::vector<float> chroma;    // T x kChromaClasses
  std::vector<float> loudness;  // T, as MusicAnalysis::loudness
  std::vector<float> waveform;  // as MusicAnalysis::waveform
};

// Errors: those of analyze (audio/analysis.h).
Result<SpectralFeatures> spectral_features(const Pcm& pcm);

}  // namespace terpsi::audio
