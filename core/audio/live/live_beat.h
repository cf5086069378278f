#pragma once
// Causal beat tracking of a stream, with prediction.
//
// A bar pointer model for one beat [Whiteley 2006] [Krebs 2015]: the joint distribution of beat period and
// position within the beat is advanced at every frame and multiplied by the likelihood of the onset strength.
// Onsets are taken for a point process: strength n at position phi of period T multiplies the probability by
//
//   r(T, phi)^(kTrust n),   mean of r over phi = 1
//
// where r is high on the beat, lower half-way, low elsewhere. Because its mean is 1, periods compete fairly:
// a slow beat that explains as much gains more. Predictions are means over the strongest mode.
//
// Latency: a frame is analysed kOnsetWindow / 2 samples (23 ms) after its centre, plus 1 ms at other rates
// than kAnalysisRate, plus up to a hop (11 ms). Reported times are compensated for it: a beat's time is where
// it sounds in the stream. The pulse is found after 3 to 5 s of music. The octave of the tempo may change as
// the music goes on.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace terpsi::audio {

inline constexpr double kLiveMinBpm = 52, kLiveMaxBpm = 210;
inline constexpr double kLiveLead = 0.1;  // seconds before a beat at which its prediction is final
inline constexpr int kLiveAhead = 8;      // predicted beats

// Times are seconds of the stream: sample n of a stream at rate R is at n / R.
struct LiveState {
  double received = 0;    // end of the stream so far
  double heard = 0;       // centre of the newest analysed frame
  double level = 0;       // root mean square of the newest frame
  bool pulse = false;     // beats are being tracked; stays true for some seconds of silence
  double confidence = 0;  // 0 to 1: how well earlier predictions met the onsets; decays in silence
  double bpm = 0;         // 0 until a pulse was found
  std::array<double, kLiveAhead> next{};  // the coming beats, the first after `heard`; 0 without a pulse
  int beat_in_bar = 0;                    // of next[0], 1 = downbeat; 0 = unknown
  int beats_per_bar = 4;                  // 3 or 4
  double bar_confidence = 0;              // 0 to 1
  std::int64_t beats = 0;                 // beats announced, each at least kLiveLead ahead of `received`
  double last_beat = 0;                   // the newest of these
  int last_beat_in_bar = 0;               // its position, as known then
};

// Constant memory; push does not allocate. The result does not depend on how the stream is cut into blocks.
class LiveBeat {
 public:
  // Precondition: rate within limits.h.
  explicit LiveBeat(int rate);
  ~LiveBeat();
  LiveBeat(LiveBeat&&) noexcept;
  LiveBeat& operator=(LiveBeat&&) noexcept;

  // Any number of mono samples, nominal range [-1, 1], clamped to +-4; samples that are not finite count as
  // 0.
  void push(std::span<const float> samples);
  const LiveState& state() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terpsi::audio
