#pragma once
// The input of a beat network ("listener").

#include <vector>

#include "audio/hear/chroma.h"
#include "audio/hear/mel.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

inline constexpr int kListenerRate = kOnsetRate;  // rows per second
inline constexpr int kListenerColumns = kMelBands + kChromaClasses;
inline constexpr int kListenerInputVersion = 1;

// Rows x kListenerColumns. Rows: T * kOnsetStride, the last one repeated where that number is odd; row t is
// at t / kListenerRate s. Columns: ln(1 + kOnsetGain * band power) of each mel band, then chroma,
// interpolated linearly.
std::vector<float> listener_input(const SpectralFeatures& spectral);

}  // namespace terpsi::audio
