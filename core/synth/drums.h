#pragma once
// Percussion synthesised from noise and sines.

#include <cstdint>

#include "synth/bus.h"

namespace terpsi::synth {

// Bass drum: a sine of falling pitch with a click. start: seconds.
inline constexpr double kKickSeconds = 0.32;
void kick(Bus& bus, double start, double gain);

// Noise, differentiated `differences` times (high-pass), and a sine body, both with an exponential decay.
struct Hit {
  int differences;  // 0 to 2
  double decay;     // seconds to 1/e
  double noise;     // gain
  double body_hz;   // 0 = none
  double body;      // gain
};
inline constexpr Hit kSnare{1, 0.075, 0.75, 186, 0.5};
inline constexpr Hit kClap{1, 0.055, 0.6, 0, 0};
inline constexpr Hit kHat{2, 0.022, 0.22, 0, 0};
inline constexpr Hit kOpenHat{2, 0.11, 0.2, 0, 0};
inline constexpr Hit kCrash{2, 0.6, 0.22, 0, 0};
inline constexpr Hit kTom{1, 0.05, 0.15, 110, 0.7};

inline constexpr double kHitDecays = 6;  // duration of a hit in decays
void hit(Bus& bus, const Hit& sound, double start, double gain, std::uint64_t seed);

}  // namespace terpsi::synth
