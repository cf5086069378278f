#include "synth/bus.h"

#include <algorithm>
#include <cmath>

namespace terpsi::synth {

std::size_t Bus::index(double seconds) const {
  return static_cast<std::size_t>(std::max(0.0, std::floor(seconds * rate + 0.5)));
}

void saturate(std::vector<float>& samples) {
  float top = 1e-6f;
  for (float& x : samples) {
    x = x / std::sqrt(1.0f + 0.35f * x * x);
    top = std::max(top, std::abs(x));
  }
  for (float& x : samples) x *= 0.9f / top;
}

}  // namespace terpsi::synth
