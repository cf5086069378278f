#pragma once
// Metre from a beat network, or from the classical tracker where only that is confident.

#include <span>

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

// `activation`: the network's output for listener_input(spectral), rows x 2 (count/bar_pointer.h). The
// classical tracker runs where the network's confidence is below 0.6, and decides where its own is at least
// 0.9.
Metre network_metre(const SpectralFeatures& spectral, std::span<const float> activation);

}  // namespace terpsi::audio
