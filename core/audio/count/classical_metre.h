#pragma once
// Metre without a trained network: tempo tracking, beat tracking, downbeat tracking (docs/listening.md).

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

// Bars of 3 or 4 beats.
Metre classical_metre(const SpectralFeatures& spectral);

}  // namespace terpsi::audio
