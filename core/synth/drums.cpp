#include "synth/drums.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"

namespace terpsi::synth {

void kick(Bus& bus, double start, double gain) {
  const std::size_t first = bus.index(start);
  const auto count = static_cast<std::size_t>(kKickSeconds * bus.rate);
  double turns = 0;
  for (std::size_t n = 0; n < count && first + n < bus.samples.size(); ++n) {
    const double t = static_cast<double>(n) / bus.rate;
    turns += (48 + 130 * std::exp(-t * 38)) / bus.rate;
    const double envelope =
        std::min(1.0, t / 0.001) * std::exp(-t * 9) * std::min(1.0, (kKickSeconds - t) / 0.03);
    const double click = 0.35 * std::exp(-t * 400);
    bus.samples[first + n] += static_cast<float>(
        gain * (envelope * std::sin(2 * std::numbers::pi * turns) + click * (t > 0 ? 1 : 0)));
  }
}

void hit(Bus& bus, const Hit& sound, double start, double gain, std::uint64_t seed) {
  SplitMix64 random(seed);
  const std::size_t first = bus.index(start);
  const auto count = static_cast<std::size_t>(kHitDecays * sound.decay * bus.rate);
  float last[2] = {};
  const double shrink = std::exp(-1 / (sound.decay * bus.rate));
  double envelope = 1;
  for (std::size_t n = 0; n < count && first + n < bus.samples.size(); ++n) {
    float value = random.noise();
    for (int d = 0; d < sound.differences; ++d) {
      const float difference = value - last[d];
      last[d] = value;
      value = difference;
    }
    double out = sound.noise * envelope * value;
    if (sound.body > 0) {
      const double t = static_cast<double>(n) / bus.rate;
      out += sound.body * envelope * std::sin(2 * std::numbers::pi * sound.body_hz * t);
    }
    bus.samples[first + n] += static_cast<float>(gain * out);
    envelope *= shrink;
  }
}

}  // namespace terpsi::synth
