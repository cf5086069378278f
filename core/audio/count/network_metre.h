#pragma once
// Beats and bars by a beat network, or by the classical tracker where the network is at a loss and the
// tracker is not.

#include <span>

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"

namespace terpsi::audio {

inline constexpr double kNetworkUnsure = 0.6;  // below this confidence the classical tracker is asked, too
inline constexpr double kClassicalSure = 0.9;  // from this confidence on it is believed then

// `activation`: what the network says of listener_input(spectral), rows x 2 (audio/bar_pointer.h).
Metre network_metre(const SpectralFeatures& spectral, std::span<const float> activation);

}  // namespace terpsi::audio
