#pragma once
// Per-frame spectral features of a song: band powers, onset strength, MFCC, chroma, loudness.

#include <cstddef>
#include <vector>

#include "audio/hear/onset.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

inline constexpr std::size_t kOnsetStride = 3;  // onset frames per 30 fps frame

// Onset frame t is at t / kOnsetRate s; frame i is at i / 30 s, which is onset frame i * kOnsetStride.
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

// Errors: those of check_pcm.
Result<SpectralFeatures> spectral_features(const Pcm& pcm);

}  // namespace terpsi::audio
