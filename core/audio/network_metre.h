#pragma once
// Beats and bars by a beat network, or by the classical tracker where the network is at a loss.

#include <span>

#include "audio/hearing.h"
#include "audio/metre.h"

namespace terpsi::audio {

inline constexpr double kNetworkUnsure = 0.5;  // below this confidence the classical tracker is asked, too

// `activation`: what the network says of listener_input(heard), rows x 2 (audio/bar_pointer.h). Where the
// network is unsure, the surer of both counts.
Metre network_metre(const Hearing& heard, std::span<const float> activation);

}  // namespace terpsi::audio
