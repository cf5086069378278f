#pragma once
// What a beat network ("listener") is given of a song.

#include <vector>

#include "audio/hear/chroma.h"
#include "audio/hear/mel.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

inline constexpr int kListenerRate = kOnsetRate;  // rows per second
inline constexpr int kListenerColumns = kMelBands + kChromaClasses;
inline constexpr int kListenerInputVersion = 1;

// T * kOnsetStride rows, the last one twice where that makes their number even, of kListenerColumns; row t is
// at t / kListenerRate s. Columns: ln(1 + kOnsetGain * band power) of each mel band, then chroma, linear
// between frames.
std::vector<float> listener_input(const SpectralFeatures& spectral);

}  // namespace terpsi::audio
