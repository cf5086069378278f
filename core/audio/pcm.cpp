#include "audio/pcm.h"

#include <algorithm>
#include <cmath>

#include "audio/dot.h"
#include "base/limits.h"

namespace terpsi::audio {

constexpr double kAbsurdPeak = 1e12;  // beyond, single precision could overflow in the analysis

Status check_pcm(const Pcm& pcm) {
  if (pcm.sample_rate < limits::kMinSampleRate || pcm.sample_rate > limits::kMaxSampleRate) {
    return Error{ErrorCode::invalid_argument,
                 "The sample rate must lie between 8 and 192 kHz; convert the song first."};
  }
  if (pcm.seconds() < limits::kMinAudioSeconds) {
    return Error{ErrorCode::empty, "The song is shorter than one second; choose a longer one."};
  }
  if (pcm.seconds() > limits::kMaxAudioSeconds) {
    return Error{ErrorCode::too_large, "The song is longer than 15 minutes; cut it and try again."};
  }
  // x - x is 0 for finite x only. Checked by blocks, so that the loop vectorises.
  constexpr std::size_t kBlock = 1024;
  float low = pcm.samples.front(), high = low;
  for (std::size_t first = 0; first < pcm.samples.size(); first += kBlock) {
    const std::size_t end = std::min(pcm.samples.size(), first + kBlock);
    bool finite = true;
    for (std::size_t k = first; k < end; ++k) {
      const float x = pcm.samples[k];
      finite &= x - x == 0.0f;
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
    if (!finite) {
      return Error{ErrorCode::invalid_argument,
                   "The song contains samples that are not numbers; decode or export it again."};
    }
  }
  const double peak = 0.5 * (static_cast<double>(high) - static_cast<double>(low));
  if (peak > kAbsurdPeak) {
    return Error{ErrorCode::invalid_argument,
                 "The song contains absurdly large samples; decode or export it again."};
  }
  if (peak < limits::kSilencePeak) {
    return Error{ErrorCode::empty, "The song is silent; choose one that can be heard."};
  }
  return ok_status();
}

void normalize(std::vector<float>& samples, double rms) {
  const MeanVariance m = mean_and_variance(samples);
  const double gain = m.variance > 0 ? rms / std::sqrt(m.variance) : 0.0;
  for (float& x : samples) x = static_cast<float>((static_cast<double>(x) - m.mean) * gain);
}

std::vector<float> peak_envelope(std::span<const float> samples, int sample_rate, double values_per_second) {
  const double seconds = static_cast<double>(samples.size()) / sample_rate;
  const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(seconds * values_per_second - 1e-9)));
  std::vector<float> envelope(count, 0.0f);
  const double step = sample_rate / values_per_second;
  float top = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = static_cast<std::size_t>(static_cast<double>(i) * step);
    const auto to = std::min(samples.size(), static_cast<std::size_t>(static_cast<double>(i + 1) * step));
    for (std::size_t k = from; k < to; ++k) envelope[i] = std::max(envelope[i], std::abs(samples[k]));
    top = std::max(top, envelope[i]);
  }
  if (top > 0) {
    for (float& v : envelope) v /= top;
  }
  return envelope;
}

}  // namespace terpsi::audio
