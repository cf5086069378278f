#include "audio/hear/stft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#if __has_include(<kiss_fftr.h>)
#include <kiss_fftr.h>
#else
#include <kissfft/kiss_fftr.h>
#endif

namespace terpsi::audio {

struct Stft::Plan {
  explicit Plan(int size) : config(kiss_fftr_alloc(size, 0, nullptr, nullptr)) {}
  ~Plan() { kiss_fftr_free(config); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  kiss_fftr_cfg config;
  std::vector<kiss_fft_cpx> spectrum;
};

Stft::Stft(int size)
    : size_(size),
      window_(static_cast<std::size_t>(size)),
      frame_(static_cast<std::size_t>(size)),
      plan_(std::make_unique<Plan>(size)) {
  plan_->spectrum.resize(static_cast<std::size_t>(bins()));
  // The window carries the scale: it sums to size / 2, and a sine has half its amplitude in each of two bins.
  for (int n = 0; n < size; ++n) {
    const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * n / size);
    window_[static_cast<std::size_t>(n)] = static_cast<float>(hann * 4 / size);
  }
}

Stft::~Stft() = default;

void Stft::power(std::span<const float> samples, std::ptrdiff_t centre, std::span<float> out) {
  const auto total = static_cast<std::ptrdiff_t>(samples.size());
  const std::ptrdiff_t first = centre - size_ / 2;
  const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(-first, 0, size_);
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(total - first, from, size_);
  std::fill(frame_.begin(), frame_.begin() + from, 0.0f);
  std::fill(frame_.begin() + to, frame_.end(), 0.0f);
  for (std::ptrdiff_t n = from; n < to; ++n) {
    frame_[static_cast<std::size_t>(n)] =
        samples[static_cast<std::size_t>(first + n)] * window_[static_cast<std::size_t>(n)];
  }
  kiss_fftr(plan_->config, frame_.data(), plan_->spectrum.data());
  const kiss_fft_cpx* bin = plan_->spectrum.data();
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = bin[k].r * bin[k].r + bin[k].i * bin[k].i;
}

}  // namespace terpsi::audio
