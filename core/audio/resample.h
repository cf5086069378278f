#pragma once
// Sample-rate conversion: polyphase windowed-sinc interpolation, zero phase (time 0 stays time 0).
//
//   y[n] = sum_k x[k] h(n rate_in / rate_out - k)
//   h(u) = 2 fc sinc(2 fc u) kaiser(u / W; beta = 8)      stop band about -80 dB
//
// with fc = 0.47 min(1, rate_out / rate_in) cycles per input sample and W = 16 / (2 fc) input samples on each
// side (16 zero crossings). Each phase of h is scaled to sum to 1: unit gain at DC. The input is zero outside
// its range.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "audio/pcm.h"

namespace terpsi::audio {

// Returns round(size * rate_out / rate_in) samples. Precondition: rates positive.
std::vector<float> resample(std::span<const float> samples, int rate_in, int rate_out);

// The same for a stream that arrives in blocks: output sample n is at n / rate_out s and becomes available
// once the input is delay() samples ahead of it. Constant memory; push does not allocate.
class ResampleStream {
 public:
  // Precondition: rates positive.
  ResampleStream(int rate_in, int rate_out);
  ~ResampleStream();
  ResampleStream(ResampleStream&&) noexcept;
  ResampleStream& operator=(ResampleStream&&) noexcept;

  // Look-ahead, input samples.
  int delay() const;

  // Consumes some of `samples` (at least one, if there are any) and writes the output that becomes available
  // to the front of `out`, which holds at least max_output() values. Returns how many were consumed and
  // written.
  struct Step {
    std::size_t taken, written;
  };
  Step push(std::span<const float> samples, std::span<float> out);
  std::size_t max_output() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A song at another rate; a copy where the rate is the same.
Pcm resample(const Pcm& pcm, int rate_out = kAnalysisRate);

}  // namespace terpsi::audio
