#pragma once
// Loudness over time.

#include <cstddef>
#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr double kLoudnessRange = 40;  // dB below the loudest moment that count as silence

// Weights for power bins: f^2 / (f^2 + 60^2) * (1 + 1.5 f^2 / (f^2 + 1500^2)), a plain stand-in for the ear's
// (and ITU-R BS.1770's) weakness in the deep bass and preference for the treble.
std::vector<float> loudness_weights(int sample_rate, int fft_size);

// `power`: weighted power at `rate` per second. Averages over a Hann window of +-0.2 s, then
// max(0, 1 + (dB - dB of the loudest) / kLoudnessRange). Frame i of the result is at i / 30 s; `rate` must be
// a multiple of 30. All 0 if the power is.
std::vector<float> loudness_curve(std::span<const float> power, int rate, std::size_t frames);

}  // namespace terpsi::audio
