#pragma once
// Loudness over time, logarithmic and relative to the loudest moment of the song.

#include <cstddef>
#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr double kLoudnessRange = 40;  // dB from loudness 1 to 0

// Weights for the power bins of a spectrum, a simple substitute for the K-weighting of ITU-R BS.1770:
//   f^2 / (f^2 + 60^2) * (1 + 1.5 f^2 / (f^2 + 1500^2)),   f in Hz
std::vector<float> loudness_weights(int sample_rate, int fft_size);

// `power`: weighted power, `rate` values a second (a multiple of 30). Returns, for frame i at i / 30 s,
//   max(0, 1 + (dB - dB of the maximum) / kLoudnessRange)
// of the mean over a Hann window of +-0.2 s; all 0 where the power is.
std::vector<float> loudness_curve(std::span<const float> power, int rate, std::size_t frames);

}  // namespace terpsi::audio
