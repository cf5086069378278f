#pragma once
// Onset strength of a stream: hear/onset.h frame by frame, with a running level in place of the song's.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "audio/hear/mel.h"
#include "audio/hear/onset.h"
#include "audio/hear/stft.h"
#include "audio/live/running_mean.h"
#include "audio/pcm.h"

namespace terpsi::audio {

// One frame, centred at index / kOnsetRate s of the stream.
struct LiveFrame {
  std::int64_t index = 0;
  OnsetFlux::Bands onset{};             // 0 in the first frames
  float level = 0;                      // root mean square of the window
  std::array<float, kMelBands> logs{};  // ln(1 + kOnsetGain * band power at kLevel)
};

// Takes samples at kAnalysisRate. A frame is complete kOnsetWindow / 2 samples after its centre. Constant
// memory; push does not allocate.
class LiveOnset {
 public:
  LiveOnset();

  // Consumes some of `samples` (at least one, if there are any); true when that completed frame().
  bool push(std::span<const float> samples, std::size_t& taken);
  const LiveFrame& frame() const { return frame_; }

 private:
  void analyse();

  Stft stft_;
  MelBank bank_;
  OnsetFlux flux_;
  std::vector<float> window_;  // the newest kOnsetWindow samples; zeros before the stream
  std::size_t missing_;        // samples until the next frame
  std::vector<float> power_;   // bins
  std::array<std::array<float, kMelBands>, 3> mel_{};  // of the newest frames, newest first
  RunningMean mean_square_;
  LiveFrame frame_;
};

}  // namespace terpsi::audio
