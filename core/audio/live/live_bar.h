#pragma once
// Causal downbeat tracking over the beats of live_beat.h, from low-band onsets, change of timbre and the
// backbeat; one beat late.

#include <array>

namespace terpsi::audio {

struct LiveBeatSound {
  double low = 0;     // onset strength below 200 Hz on the beat
  double high = 0;    // onset strength above 2 kHz on the beat
  double change = 0;  // mean absolute difference of the log-mel spectrum from the beat before
};

class LiveBar {
 public:
  void reset();                           // after an interruption of the beats
  void push(const LiveBeatSound& sound);  // of the next beat

  int beats_per_bar() const;  // 3 or 4
  int last() const;           // position of the newest beat, 1 = downbeat; 0 = unknown
  double confidence() const;  // 0 to 1

 private:
  std::array<double, 7> evidence_{};  // nats; positions 1 to 4 of bars of four, then 1 to 3 of bars of three
  std::array<double, 3> mean_{}, square_{};  // running sums of low, high, change
  double weight_ = 0;                        // of these
  int beats_ = 0;
};

}  // namespace terpsi::audio
