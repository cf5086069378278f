#pragma once
// Beats and bars without a trained network: tempo, then beats, then bars (docs/listening.md).

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

// Beats per bar: 3 or 4.
Metre classical_metre(const SpectralFeatures& spectral);

}  // namespace terpsi::audio
