#pragma once
// Sample-rate conversion: polyphase windowed-sinc interpolation, zero phase (time 0 stays time 0).
//
//   y[n] = sum_k x[k] h(n * rate_in / rate_out - k),   h(u) = 2 fc sinc(2 fc u) kaiser(u / W; beta = 8)
//
// with fc = 0.47 * min(1, rate_out / rate_in) cycles per input sample and W = kZeroCrossings / (2 fc) input
// samples on each side. Each phase of h is scaled to sum to 1, so a constant stays constant. Outside the
// input is silence.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "audio/pcm.h"

namespace terpsi::audio {

inline constexpr int kZeroCrossings = 16;   // on each side of the sinc
inline constexpr double kKaiserBeta = 8.0;  // stop band about -80 dB
inline constexpr double kCutoff = 0.47;     // of the lower of the two rates

// Preconditions: rates positive. Returns round(size * rate_out / rate_in) samples.
std::vector<float> resample(std::span<const float> samples, int rate_in, int rate_out);

// The same for sound that comes in blocks: sample n of the output is at n / rate_out s, as above, and is
// given as soon as the input is delay() samples ahead of it. Memory is constant; nothing is allocated by
// push.
class ResampleStream {
 public:
  // Preconditions: rates positive.
  ResampleStream(int rate_in, int rate_out);
  ~ResampleStream();
  ResampleStream(ResampleStream&&) noexcept;
  ResampleStream& operator=(ResampleStream&&) noexcept;

  // How far the input must be ahead of an output sample, input samples.
  int delay() const;

  // Takes some of `samples` (at least one, if there are any), writes what they make ready to the front of
  // `out`. out: at least max_output() values. Returns how many were taken and written.
  struct Step {
    std::size_t taken, written;
  };
  Step push(std::span<const float> samples, std::span<float> out);
  std::size_t max_output() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same for a song; returns a copy where the rate is right already.
Pcm resample(const Pcm& pcm, int rate_out = kAnalysisRate);

}  // namespace terpsi::audio
