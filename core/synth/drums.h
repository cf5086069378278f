#pragma once
// Drums made of noise and sines, and what sounds are mixed on.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace terpsi::synth {

// SplitMix64 (Steele, Lea, Flood 2014): integer arithmetic only, so the same numbers everywhere.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  int below(int n) { return static_cast<int>((next() >> 33) % static_cast<std::uint64_t>(n)); }
  float noise() { return static_cast<float>(next() >> 40) / 8388608.0f - 1.0f; }  // -1 to 1

 private:
  std::uint64_t state_;
};

// A bus collects notes; positions are seconds of the song. What reaches past its end is left out.
struct Bus {
  double rate;
  std::vector<float> samples;

  std::size_t index(double seconds) const;  // nearest sample, 0 before the start
};

// A falling sine with a click, 0.32 s.
inline constexpr double kKickSeconds = 0.32;
void kick(Bus& bus, double start, double gain);

// Noise through `differences` differences (each takes out more bass) with an exponential decay, and a sine
// body.
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

inline constexpr double kHitDecays = 6;  // a hit lasts so many times its decay
void hit(Bus& bus, const Hit& sound, double start, double gain, std::uint64_t seed);

}  // namespace terpsi::synth
