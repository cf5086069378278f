#include "audio/count/bar_pointer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "audio/count/beat.h"
#include "audio/count/beat_smoothing.h"
#include "audio/hear/listener_input.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

constexpr double kTempoChange = 47;     // cost of a change of interval, per unit of |log ratio|
constexpr double kBarChange = 6;        // cost of another bar length
constexpr double kBeatBonus = 0.6;      // added to the log odds of every beat
constexpr double kFloor = 0.01;         // of probabilities, and of their complements
constexpr double kDownbeatWeight = 2;   // of the log probability that a beat is, or is not, a downbeat
constexpr double kSkipCost = 0.03;      // of every row before the first and after the last beat
constexpr double kOctaveWeight = 0.15;  // cost of a beat, per squared octave of its tempo from 115 BPM
constexpr double kUnsure = 0.35;        // confidence below which kUnsureOctaveWeight applies instead
constexpr double kUnsureOctaveWeight = 2;

constexpr int kShortest = 22;  // rows: 245 BPM
constexpr int kLongest = 138;  // rows: 39 BPM
constexpr std::size_t kIntervals = kLongest - kShortest + 1;
constexpr std::size_t kBars = 3;
constexpr std::array<int, kBars> kBarBeats = {2, 3, 4};
constexpr std::array<double, kBars> kPrior = {-0.9, -0.1, 0};  // added to every bar of that length
constexpr std::array<std::size_t, kBars> kFirst = {0, 2, 5};   // state of a bar's first beat
constexpr std::array<std::size_t, kBars> kLast = {1, 4, 8};
constexpr std::size_t kStates = 9;
constexpr std::size_t kLanes = 12;  // states, padded for SIMD
constexpr std::size_t kRing = kLongest + 1;
constexpr float kNever = -1e30f;
constexpr std::int32_t kStart = 0x80;  // in place of an interval: the path begins here
static_assert(kIntervals <= kStart);

using Scores = std::array<std::array<float, kLanes>, kIntervals>;
using Origins = std::array<std::array<std::int32_t, kLanes>, kIntervals>;

// Paths that arrive at a row: the score up to the beat before, at each interval and state, and the interval
// that led to that beat.
struct Arrivals {
  Scores score;
  Origins from;
  // For first beats: index of the previous bar's length.
  std::array<std::array<std::uint8_t, kIntervals>, kBars> bar;
};

// How each (row, interval, state) was reached.
struct Trace {
  // rows x kIntervals x kStates: interval that led to the beat before, or kStart
  std::vector<std::uint8_t> from;
  // rows x kBars x kIntervals
  std::vector<std::uint8_t> bar;
  std::uint8_t& origin(std::size_t row, std::size_t i, std::size_t state) {
    return from[(row * kIntervals + i) * kStates + state];
  }
  std::uint8_t& bar_before(std::size_t row, std::size_t bar_kind, std::size_t i) {
    return bar[(row * kBars + bar_kind) * kIntervals + i];
  }
};

double probability(float p) {
  const auto value = static_cast<double>(p);
  return value > kFloor ? std::min(value, 1 - kFloor) : kFloor;  // NaN: kFloor
}

// Log-likelihood gain of a beat in each row, as a downbeat and as another beat.
struct Gains {
  std::vector<float> first, other;
};

Gains gains(std::span<const float> activation) {
  const std::size_t rows = activation.size() / 2;
  Gains g;
  g.first.resize(rows);
  g.other.resize(rows);
  for (std::size_t t = 0; t < rows; ++t) {
    const double beat = probability(activation[2 * t]);
    const double down = probability(activation[2 * t + 1]);
    const double share = std::clamp(down / beat, 0.05, 0.95);
    const double odds = std::log(beat / (1 - beat)) + kBeatBonus;
    const double sure = kDownbeatWeight * beat;
    g.first[t] = static_cast<float>(odds + sure * std::log(share));
    g.other[t] = static_cast<float>(odds + sure * std::log(1 - share));
  }
  return g;
}

struct Beat {
  std::size_t row;
  std::size_t state;
};

// Viterbi search over rows. A beat in row t with interval i leads to one in row t + i: a ring of arrivals.
class Search {
 public:
  Search(std::span<const float> activation, double octave_weight)
      : rows_(activation.size() / 2), gain_(gains(activation)), arrivals_(kRing) {
    for (std::size_t i = 0; i < kIntervals; ++i) {
      const double interval = kShortest + static_cast<double>(i);
      if (i > 0) step_[i] = static_cast<float>(kTempoChange * std::log(interval / (interval - 1)));
      const double octaves = std::log2(60.0 * kListenerRate / interval / 115.0);
      octave_[i] = static_cast<float>(octave_weight * octaves * octaves);
    }
    trace_.from.resize(rows_ * kIntervals * kStates);
    trace_.bar.resize(rows_ * kBars * kIntervals);
    for (Arrivals& a : arrivals_) {
      for (auto& lanes : a.score) lanes.fill(kNever);
      for (auto& lanes : a.from) lanes.fill(kStart);
      for (auto& bars : a.bar) bars.fill(0);
    }
  }

  std::vector<Beat> run() {
    for (std::size_t t = 0; t < rows_; ++t) {
      enter(t);
      allow_tempo_changes();
      leave(t);
    }
    return path();
  }

 private:
  // Scores of a beat in row t: the best of all arrivals, or the beginning of the path. Keeps the best end.
  void enter(std::size_t t) {
    const auto start = static_cast<float>(-kSkipCost * static_cast<double>(t));
    const auto after_end = static_cast<float>(kSkipCost * static_cast<double>(rows_ - 1 - t));
    std::array<float, kLanes> here{};
    here.fill(gain_.other[t]);
    for (std::size_t b = 0; b < kBars; ++b) here[kFirst[b]] = gain_.first[t] + static_cast<float>(kPrior[b]);

    const Arrivals& now = arrivals_[t % kRing];
    float top = kNever;
    for (std::size_t i = 0; i < kIntervals; ++i) {
      for (std::size_t s = 0; s < kLanes; ++s) {
        const bool begins = !(now.score[i][s] > start);
        score_[i][s] = (begins ? start : now.score[i][s]) + here[s] - octave_[i];
        from_[i][s] = begins ? kStart : now.from[i][s];
      }
      for (std::size_t s = 0; s < kStates; ++s) {
        trace_.origin(t, i, s) = static_cast<std::uint8_t>(from_[i][s]);
        top = std::max(top, score_[i][s]);
      }
    }
    for (std::size_t b = 0; b < kBars; ++b)
      std::copy(now.bar[b].begin(), now.bar[b].end(), &trace_.bar_before(t, b, 0));
    if (!(top - after_end > best_)) return;
    best_ = top - after_end;
    for (std::size_t i = kIntervals; i-- > 0;) {
      for (std::size_t s = kStates; s-- > 0;) {
        if (score_[i][s] == top) end_ = {t, s}, end_interval_ = i;
      }
    }
  }

  // score[i] = max over j of score[j] - cost of going from j to i: linear in the logarithm, hence two passes.
  void allow_tempo_changes() {
    for (std::size_t i = 0; i < kIntervals; ++i) from_[i].fill(static_cast<std::int32_t>(i));
    const auto relax = [&](std::size_t to, std::size_t source, float cost) {
      for (std::size_t s = 0; s < kLanes; ++s) {
        const float value = score_[source][s] - cost;
        const bool better = value > score_[to][s];
        score_[to][s] = better ? value : score_[to][s];
        from_[to][s] = better ? from_[source][s] : from_[to][s];
      }
    };
    for (std::size_t i = 1; i < kIntervals; ++i) relax(i, i - 1, step_[i]);
    for (std::size_t i = kIntervals - 1; i-- > 0;) relax(i, i + 1, step_[i + 1]);
  }

  // On to the next beat: the next position in the bar, or the first of any bar.
  void leave(std::size_t t) {
    for (std::size_t i = 0; i < kIntervals; ++i) {
      Arrivals& then = arrivals_[(t + kShortest + i) % kRing];
      for (std::size_t s = 0; s + 1 < kStates; ++s) {
        then.score[i][s + 1] = score_[i][s];
        then.from[i][s + 1] = from_[i][s];
      }
      for (std::size_t b = 0; b < kBars; ++b) {
        float value = kNever;
        for (std::size_t other = 0; other < kBars; ++other) {
          const float through =
              score_[i][kLast[other]] - (other == b ? 0.0f : static_cast<float>(kBarChange));
          if (!(through > value)) continue;
          value = through;
          then.from[i][kFirst[b]] = from_[i][kLast[other]];
          then.bar[b][i] = static_cast<std::uint8_t>(other);
        }
        then.score[i][kFirst[b]] = value;
      }
    }
  }

  // Backtracks from the best end.
  std::vector<Beat> path() {
    std::vector<Beat> beats;
    Beat at = end_;
    std::size_t i = end_interval_;
    while (best_ > kNever) {
      beats.push_back(at);
      const std::uint8_t origin = trace_.origin(at.row, i, at.state);
      if (origin == kStart) break;
      std::size_t state = at.state - 1;
      for (std::size_t b = 0; b < kBars; ++b) {
        if (at.state == kFirst[b]) state = kLast[trace_.bar_before(at.row, b, i)];
      }
      at = {at.row - (kShortest + i), state};
      i = origin;
    }
    std::reverse(beats.begin(), beats.end());
    return beats;
  }

  std::size_t rows_;
  Gains gain_;
  std::array<float, kIntervals> step_{}, octave_{};  // costs
  Trace trace_;
  std::vector<Arrivals> arrivals_;
  Scores score_;  // of the current row
  Origins from_;
  float best_ = kNever;
  Beat end_{0, 0};
  std::size_t end_interval_ = 0;
};

std::vector<Beat> search(std::span<const float> activation, double octave_weight) {
  return std::make_unique<Search>(activation, octave_weight)->run();
}

int place_of(std::size_t state) {
  std::size_t first = 0;
  for (std::size_t f : kFirst) {
    if (state >= f) first = f;
  }
  return static_cast<int>(state - first) + 1;
}

int bar_of(std::size_t state) {
  return state >= kFirst[2] ? kBarBeats[2] : state >= kFirst[1] ? kBarBeats[1] : kBarBeats[0];
}

// Mean probability of the beats, 0.15 = 0 and 0.75 = 1, times the share of the song that they cover.
double confidence(const std::vector<Beat>& path, const std::vector<float>& pulse) {
  if (path.empty()) return 0;
  double sum = 0;
  for (const Beat& beat : path) {
    const std::size_t from = beat.row < 2 ? 0 : beat.row - 2, to = std::min(pulse.size() - 1, beat.row + 2);
    float top = 0;
    for (std::size_t t = from; t <= to; ++t) top = std::max(top, pulse[t]);
    sum += static_cast<double>(top);
  }
  const double covered =
      static_cast<double>(path.back().row - path.front().row + 1) / static_cast<double>(pulse.size());
  const double mean = sum / static_cast<double>(path.size());
  return std::clamp((mean - 0.15) / 0.6, 0.0, 1.0) * std::min(1.0, 1.1 * covered);
}

}  // namespace

Metre bar_pointer(std::span<const float> activation, double duration) {
  const std::size_t rows = activation.size() / 2;
  std::vector<float> pulse(rows);
  for (std::size_t t = 0; t < rows; ++t) pulse[t] = static_cast<float>(probability(activation[2 * t]));
  Metre metre;
  std::vector<Beat> path = search(activation, kOctaveWeight);
  metre.confidence = confidence(path, pulse);
  if (metre.confidence < kUnsure) {
    path = search(activation, kUnsureOctaveWeight);
    metre.confidence = confidence(path, pulse);
  }

  std::vector<double> frames;
  std::array<std::size_t, kBars> votes{};
  for (const Beat& beat : path) {
    frames.push_back(static_cast<double>(beat.row));
    ++votes[static_cast<std::size_t>(bar_of(beat.state)) - 2];
  }
  metre.beats_per_bar =
      kBarBeats[static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) - votes.begin())];

  std::vector<double> beats = smooth_beats(pulse, frames);
  for (double& t : beats) t /= kListenerRate;
  if (!beats.empty()) beats.front() = std::max(0.0, beats.front());
  const double first = beats.empty() ? 0 : beats.front();
  std::vector<double> periods;
  for (std::size_t k = 1; k < beats.size(); ++k) periods.push_back(beats[k] - beats[k - 1]);
  if (!periods.empty()) metre.bpm = 60.0 / quantile(std::move(periods), 0.5);
  metre.beats = extend_beat_grid(std::move(beats), 60.0 / metre.bpm, duration);

  // Beats added before the path count up to its first beat, those added after it count on.
  std::size_t before = 0;
  while (before < metre.beats.size() && metre.beats[before] < first - 1e-9) ++before;
  const int first_place = path.empty() ? 1 : place_of(path.front().state);
  const int first_bar = path.empty() ? 4 : bar_of(path.front().state);
  const int last_bar = path.empty() ? 4 : bar_of(path.back().state);
  metre.beat_in_bar.resize(metre.beats.size());
  for (std::size_t k = 0; k < metre.beats.size(); ++k) {
    if (k >= before && k - before < path.size()) {
      metre.beat_in_bar[k] = place_of(path[k - before].state);
    } else if (k < before) {
      const int back = first_place - 1 - static_cast<int>(before - k);
      metre.beat_in_bar[k] = (back % first_bar + first_bar) % first_bar + 1;
    } else {
      metre.beat_in_bar[k] = k == 0 ? 1 : metre.beat_in_bar[k - 1] % last_bar + 1;
    }
  }
  return metre;
}

}  // namespace terpsi::audio
