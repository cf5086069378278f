#pragma once
// Which of the beats said by audio/live_beat.h begins a bar: a modest guess from low attacks, change of sound
// and the backbeat, one beat late.

#include <array>

namespace terpsi::audio {

// What was heard of one beat.
struct LiveBeatSound {
  double low = 0;     // attack below 200 Hz on the beat
  double high = 0;    // attack above 2 kHz on the beat
  double change = 0;  // how much the beat sounds unlike the one before
};

class LiveBar {
 public:
  void reset();                           // counting was interrupted
  void push(const LiveBeatSound& sound);  // of the next beat

  int beats_per_bar() const;  // 3 or 4
  int last() const;           // place of the beat pushed last, 1 = downbeat; 0 = not known
  double confidence() const;  // 0 to 1

 private:
  // Places 1 to 4 of a bar of four, then 1 to 3 of a bar of three.
  std::array<double, 7> evidence_{};  // nats
  std::array<double, 3> mean_{}, square_{};
  double weight_ = 0;
  int beats_ = 0;
};

}  // namespace terpsi::audio
