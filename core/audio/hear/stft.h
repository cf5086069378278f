#pragma once
// Short-time Fourier transform, one frame at a time.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace terpsi::audio {

// Periodic Hann window, w[n] = 0.5 - 0.5 cos(2 pi n / size).
class Stft {
 public:
  explicit Stft(int size);  // size: even, with small prime factors
  ~Stft();
  Stft(const Stft&) = delete;
  Stft& operator=(const Stft&) = delete;

  int bins() const { return size_ / 2 + 1; }

  // Power |X[k]|^2 of the window centred at sample `centre` (window sample n is at centre - size / 2 + n),
  // scaled so that a sine of amplitude 1 in the middle of a bin gives 1. Samples outside the song are 0. out:
  // bins() values.
  void power(std::span<const float> samples, std::ptrdiff_t centre, std::span<float> out);

 private:
  struct Plan;
  int size_;
  std::vector<float> window_;
  std::vector<float> frame_;
  std::unique_ptr<Plan> plan_;
};

}  // namespace terpsi::audio
