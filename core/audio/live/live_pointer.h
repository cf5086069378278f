#pragma once
// The bar pointer of audio/live_beat.h: probabilities of beat period and place within the beat.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

inline constexpr int kPointerRate = 2 * kOnsetRate;  // places within a beat per second

// A beat grid: beats at beat + k * period, seconds.
struct BeatEstimate {
  double beat = 0;    // the first after the newest frame
  double period = 0;  // 0: nothing known
  double mass = 0;    // probability of the pairs it is the mean of
};

class LivePointer {
 public:
  // Periods from 60 / max_bpm to 60 / min_bpm s.
  LivePointer(double min_bpm, double max_bpm);

  // Moves on by one frame (1 / kOnsetRate s), to one in which `attack` was heard: strength, 1 on average, >=
  // 0.
  void step(float attack);

  // Times count from the newest frame. `near` stays the guess unless another is far likelier; its beat counts
  // from the same frame.
  BeatEstimate guess(const BeatEstimate& near) const;

  // ln r at a place of a period, in nats; mean of r is 1. place: 0 (on the beat) to 1.
  static double log_rate(double period, double place);

 private:
  struct Row {
    int places = 0;         // bins of 1 / kPointerRate s
    std::size_t first = 0;  // into probability_ and kind_
    int head = 0;           // bin of place 0
  };
  void spread_wrapped();
  void leak();
  BeatEstimate mean_around(double period, double place) const;

  static constexpr int kKinds = 48;  // steps in which ln r is tabled
  static constexpr int kReach =
      4;  // rows that a change of tempo reaches, each way, from one beat to the next
  std::vector<Row> rows_;
  std::vector<float> probability_;   // row after row, each a ring
  std::vector<std::uint8_t> kind_;   // of ln r, by place
  std::vector<std::uint16_t> cell_;  // of the coarse map, by place
  std::vector<float> prior_;         // of rows
  std::vector<float> pull_;          // of rows: what each keeps at a leak, the usual tempo most
  std::vector<std::array<float, 2 * kReach + 1>> moves_;  // of rows
  std::vector<float> wrapped_;                            // two per row
  mutable std::vector<float> coarse_;
  int cells_across_ = 0;             // tempo cells of the coarse map
  double lowest_ = 0, highest_ = 0;  // ln r
  int frames_ = 0;
};

}  // namespace terpsi::audio
