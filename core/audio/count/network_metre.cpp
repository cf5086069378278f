#include "audio/count/network_metre.h"

#include <utility>

#include "audio/count/bar_pointer.h"
#include "audio/count/classical_metre.h"

namespace terpsi::audio {

constexpr double kNetworkUnsure = 0.6, kClassicalSure = 0.9;

Metre network_metre(const SpectralFeatures& spectral, std::span<const float> activation) {
  Metre network = bar_pointer(activation, spectral.duration);
  if (network.confidence >= kNetworkUnsure) return network;
  Metre classical = classical_metre(spectral);
  return classical.confidence >= kClassicalSure ? std::move(classical) : std::move(network);
}

}  // namespace terpsi::audio
