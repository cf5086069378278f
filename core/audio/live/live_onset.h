#pragma once
// Onset strength of sound that is still going on: audio/onset.h, frame by frame, with a running level in
// place of the song's.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "audio/hear/mel.h"
#include "audio/hear/onset.h"
#include "audio/hear/stft.h"
#include "audio/pcm.h"

namespace terpsi::audio {

// One frame, centred at index / kOnsetRate s of the stream.
struct LiveFrame {
  std::int64_t index = 0;
  float whole = 0, low = 0, high = 0;   // flux as in OnsetStrength, high from 2 kHz on
  float level = 0;                      // root mean square of the window
  std::array<float, kMelBands> logs{};  // ln(1 + kOnsetGain * band power at kLevel)
};

// Takes samples at kAnalysisRate. A frame is ready kOnsetWindow / 2 samples after its centre. Memory is
// constant; push allocates nothing.
class LiveOnset {
 public:
  LiveOnset();

  // Takes some of `samples` (at least one, if there are any); true when that completed frame().
  bool push(std::span<const float> samples, std::size_t& taken);
  const LiveFrame& frame() const { return frame_; }

 private:
  void analyse();

  Stft stft_;
  MelBank bank_;
  std::array<int, kMelBands> group_{};
  std::array<float, 3> counts_{};
  std::vector<float> window_;  // the newest kOnsetWindow samples; silence before the stream
  std::size_t missing_;        // samples until the next frame
  std::vector<float> power_;   // bins
  std::array<std::array<float, kMelBands>, 3> mel_{};  // of the newest frames, the newest first
  double loudness_ = 0, weight_ = 0;                   // running mean of the window's power
  LiveFrame frame_;
};

}  // namespace terpsi::audio
