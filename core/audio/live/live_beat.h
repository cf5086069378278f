#pragma once
// Beats of music that is still going on: heard causally, said ahead.
//
// A bar pointer for one beat (Whiteley, Cemgil and Godsill 2006; Krebs, Boeck and Widmer 2015): the
// probability of every pair of beat period and place within the beat, moved on at every frame and weighed by
// what was heard. The attacks are read as a point process: attack strength n at place phi of period T
// multiplies the probability by
//
//   r(T, phi) ^ (kTrust * n),   mean of r over phi = 1
//
// where r is high on the beat, less high half-way, low elsewhere. Because r has mean 1, all periods compete
// fairly: a slow beat that explains as much gains more. Predictions are means over the likeliest pairs.
//
// Latency: a frame is analysed kOnsetWindow / 2 samples (23 ms) after its centre, plus 1 ms at other rates
// than kAnalysisRate, plus up to a hop (11 ms). All times given are free of it: beats are where they sound in
// the stream, and those to come are said as far ahead as wanted. It takes about 3 to 5 s of music until the
// pulse is found.
//
// Limits: the tempo lies between kLiveMinBpm and kLiveMaxBpm; the octave is a guess that may change as music
// goes on; the downbeat is a modest guess (low attacks, change of sound, backbeat), see bar_confidence.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace terpsi::audio {

inline constexpr double kLiveMinBpm = 52, kLiveMaxBpm = 210;
inline constexpr double kLiveLead = 0.1;  // seconds ahead that a beat is said for good, see LiveState::beats
inline constexpr int kLiveAhead = 8;      // predicted beats

// Times are seconds of the stream: sample n of a stream at rate R is at n / R.
struct LiveState {
  double received = 0;  // where the stream ends so far
  double heard = 0;     // centre of the newest analysed frame
  double level = 0;     // root mean square of the newest frame
  bool pulse = false;   // beats are heard, or were some seconds ago
  double confidence =
      0;           // 0 to 1: how well the beats said before met the attacks that came; falls in silence
  double bpm = 0;  // 0 until something was heard
  std::array<double, kLiveAhead> next{};  // the coming beats, the first after `heard`; 0 without a pulse
  int beat_in_bar = 0;                    // of next[0], 1 = downbeat; 0 = not known
  int beats_per_bar = 4;                  // 3 or 4
  double bar_confidence = 0;              // 0 to 1
  std::int64_t beats = 0;    // how many beats were said at least kLiveLead ahead of `received`, for good
  double last_beat = 0;      // the newest of these
  int last_beat_in_bar = 0;  // its place, as known then
};

// Constant memory; push allocates nothing and does not depend on how the stream is cut into blocks.
class LiveBeat {
 public:
  // Precondition: rate within limits.h.
  explicit LiveBeat(int rate);
  ~LiveBeat();
  LiveBeat(LiveBeat&&) noexcept;
  LiveBeat& operator=(LiveBeat&&) noexcept;

  // Any number of mono samples, nominal range [-1, 1]; cut off beyond +-4. What is not finite counts as
  // silence.
  void push(std::span<const float> samples);
  const LiveState& state() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terpsi::audio
