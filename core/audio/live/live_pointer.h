#pragma once
// The Bayesian filter of live_beat.h: a joint distribution over beat period and position within the beat.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "audio/hear/onset.h"

namespace terpsi::audio {

inline constexpr int kPointerRate = 2 * kOnsetRate;  // bins of position per second

// Beats at beat + k * period, seconds.
struct BeatEstimate {
  double beat = 0;    // the first after the newest frame
  double period = 0;  // 0: unknown
  double mass = 0;    // probability of the mode that it is the mean of
};

class LivePointer {
 public:
  // Periods from 60 / max_bpm to 60 / min_bpm s.
  LivePointer(double min_bpm, double max_bpm);

  // Advances by one frame (1 / kOnsetRate s) and observes its onset strength `attack`, 1 on average, at least
  // 0.
  void step(float attack);

  // Times count from the newest frame, those of `near` too. The mode at `near` is kept unless another has
  // more than twice its probability.
  BeatEstimate estimate(const BeatEstimate& near) const;

  // ln r of live_beat.h, nats. place: position within the beat, 0 (on the beat) to 1.
  static double log_rate(double period, double place);

 private:
  struct Row {              // of one period
    int places = 0;         // bins of 1 / kPointerRate s
    std::size_t first = 0;  // into probability_, kind_ and cell_
    int head = 0;           // bin of position 0
  };
  void spread_wrapped();
  void leak();
  BeatEstimate mean_around(double period, double place) const;

  static constexpr int kKinds = 48;  // quantisation levels of ln r
  static constexpr int kReach = 4;   // rows that a change of tempo spans from one beat to the next
  std::vector<Row> rows_;
  std::vector<float> probability_;   // row after row, each a ring
  std::vector<std::uint8_t> kind_;   // quantised ln r, by place
  std::vector<std::uint16_t> cell_;  // of the coarse map, by place
  std::vector<float> prior_;         // of rows
  std::vector<float> pull_;          // of rows: share kept at a leak, largest at the usual tempo
  std::vector<std::array<float, 2 * kReach + 1>> moves_;  // of rows: tempo transition probabilities
  std::vector<float> wrapped_;                            // two per row
  mutable std::vector<float> coarse_;
  int cells_across_ = 0;             // tempo cells of the coarse map
  double lowest_ = 0, highest_ = 0;  // of ln r
  int frames_ = 0;
};

}  // namespace terpsi::audio
