#include "audio/count/bar_pointer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "audio/count/beat.h"
#include "audio/count/beat_smoothing.h"
#include "audio/hear/listener_input.h"

namespace terpsi::audio {
namespace {

constexpr int kShortest = 22;  // rows: 245 BPM
constexpr int kLongest = 138;  // rows: 39 BPM
constexpr std::size_t kIntervals = kLongest - kShortest + 1;
constexpr std::size_t kBars = 3;
constexpr std::array<int, kBars> kBarBeats = {2, 3, 4};
constexpr std::array<std::size_t, kBars> kFirst = {0, 2, 5};  // state of a bar's first beat
constexpr std::array<std::size_t, kBars> kLast = {1, 4, 8};
constexpr std::size_t kStates = 9;
constexpr std::size_t kLanes = 12;  // states, padded for vector instructions
constexpr std::size_t kRing = kLongest + 1;
constexpr float kNever = -1e30f;
constexpr std::int32_t kStart = 0x80;  // in place of an interval: the path begins here

using Scores = std::array<std::array<float, kLanes>, kIntervals>;
using Origins = std::array<std::array<std::int32_t, kLanes>, kIntervals>;

// What arrives at a row: the best score of the beat before, at each interval and state, and which interval
// led to that.
struct Arrivals {
  Scores score;
  Origins from;
  std::array<std::array<std::uint8_t, kIntervals>, kBars> bar;  // for first beats: the kind of the bar before
};

// How each (row, state, interval) was reached.
struct Trace {
  std::vector<std::uint8_t>
      from;  // [rows, kIntervals, kStates]: interval that led to the beat before, or kStart
  std::vector<std::uint8_t> bar;  // [rows, kBars, kIntervals]
  std::uint8_t& origin(std::size_t row, std::size_t i, std::size_t state) {
    return from[(row * kIntervals + i) * kStates + state];
  }
  std::uint8_t& bar_before(std::size_t row, std::size_t bar_kind, std::size_t i) {
    return bar[(row * kBars + bar_kind) * kIntervals + i];
  }
};

static_assert(kIntervals <= kStart);

double probability(float p, double floor) {
  const auto value = static_cast<double>(p);
  return value > floor ? std::min(value, 1 - floor) : floor;  // NaN: floor
}

// Gains of a beat in each row: as a first of a bar, and as another one.
struct Gains {
  std::vector<float> first, other;
};

Gains gains(std::span<const float> activation, const BarPointerOptions& options) {
  const std::size_t rows = activation.size() / 2;
  Gains g;
  g.first.resize(rows);
  g.other.resize(rows);
  for (std::size_t t = 0; t < rows; ++t) {
    const double beat = probability(activation[2 * t], options.floor);
    const double down = probability(activation[2 * t + 1], options.floor);
    const double share = std::clamp(down / beat, 0.05, 0.95);
    const double odds = std::log(beat / (1 - beat)) + options.beat_bonus;
    const double sure = options.downbeat_weight * beat;
    g.first[t] = static_cast<float>(odds + sure * std::log(share));
    g.other[t] = static_cast<float>(odds + sure * std::log(1 - share));
  }
  return g;
}

// out[i] = max over j of score[j] - cost between i and j, which is linear in the logarithm: two passes.
void allow_tempo_changes(Scores& score, Origins& from, const std::array<float, kIntervals>& step) {
  for (std::size_t i = 0; i < kIntervals; ++i) from[i].fill(static_cast<std::int32_t>(i));
  const auto relax = [&](std::size_t to, std::size_t source, float cost) {
    for (std::size_t s = 0; s < kLanes; ++s) {
      const float value = score[source][s] - cost;
      const bool better = value > score[to][s];
      score[to][s] = better ? value : score[to][s];
      from[to][s] = better ? from[source][s] : from[to][s];
    }
  };
  for (std::size_t i = 1; i < kIntervals; ++i) relax(i, i - 1, step[i]);
  for (std::size_t i = kIntervals - 1; i-- > 0;) relax(i, i + 1, step[i + 1]);
}

struct Beat {
  std::size_t row;
  std::size_t state;
};

std::vector<Beat> search(std::span<const float> activation, const BarPointerOptions& options) {
  const std::size_t rows = activation.size() / 2;
  const Gains gain = gains(activation, options);
  std::array<float, kIntervals> step{}, octave{};
  for (std::size_t i = 0; i < kIntervals; ++i) {
    const double interval = kShortest + static_cast<double>(i);
    if (i > 0) step[i] = static_cast<float>(options.tempo_change * std::log(interval / (interval - 1)));
    const double octaves = std::log2(60.0 * kListenerRate / interval / 115.0);
    octave[i] = static_cast<float>(options.octave_weight * octaves * octaves);
  }
  const auto bar_change = static_cast<float>(options.bar_change);
  Trace trace;
  trace.from.resize(rows * kIntervals * kStates);
  trace.bar.resize(rows * kBars * kIntervals);
  // A beat in row t with interval i to the next one arrives in row t + i: a ring over rows.
  std::vector<Arrivals> arrivals(kRing);
  for (Arrivals& a : arrivals) {
    for (auto& lanes : a.score) lanes.fill(kNever);
    for (auto& lanes : a.from) lanes.fill(kStart);
    for (auto& bars : a.bar) bars.fill(0);
  }
  auto scores = std::make_unique<Scores>();
  auto from = std::make_unique<Origins>();
  float best = kNever;
  Beat end{0, 0};
  std::size_t end_interval = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    const auto start = static_cast<float>(-options.skip_cost * static_cast<double>(t));
    const auto after_end = static_cast<float>(options.skip_cost * static_cast<double>(rows - 1 - t));
    std::array<float, kLanes> here{};
    here.fill(gain.other[t]);
    for (std::size_t b = 0; b < kBars; ++b)
      here[kFirst[b]] = gain.first[t] + static_cast<float>(options.prior[b]);

    const Arrivals& now = arrivals[t % kRing];
    float top = kNever;
    for (std::size_t i = 0; i < kIntervals; ++i) {
      for (std::size_t s = 0; s < kLanes; ++s) {
        const bool begins = !(now.score[i][s] > start);
        (*scores)[i][s] = (begins ? start : now.score[i][s]) + here[s] - octave[i];
        (*from)[i][s] = begins ? kStart : now.from[i][s];
      }
      for (std::size_t s = 0; s < kStates; ++s) {
        trace.origin(t, i, s) = static_cast<std::uint8_t>((*from)[i][s]);
        top = std::max(top, (*scores)[i][s]);
      }
    }
    for (std::size_t b = 0; b < kBars; ++b)
      std::copy(now.bar[b].begin(), now.bar[b].end(), &trace.bar_before(t, b, 0));
    if (top - after_end > best) {
      best = top - after_end;
      for (std::size_t i = kIntervals; i-- > 0;) {
        for (std::size_t s = kStates; s-- > 0;) {
          if ((*scores)[i][s] == top) end = {t, s}, end_interval = i;
        }
      }
    }

    allow_tempo_changes(*scores, *from, step);
    for (std::size_t i = 0; i < kIntervals; ++i) {
      Arrivals& then = arrivals[(t + kShortest + i) % kRing];
      for (std::size_t s = 0; s + 1 < kStates; ++s) {
        then.score[i][s + 1] = (*scores)[i][s];
        then.from[i][s + 1] = (*from)[i][s];
      }
      for (std::size_t b = 0; b < kBars; ++b) {
        float value = kNever;
        for (std::size_t other = 0; other < kBars; ++other) {
          const float through = (*scores)[i][kLast[other]] - (other == b ? 0.0f : bar_change);
          if (!(through > value)) continue;
          value = through;
          then.from[i][kFirst[b]] = (*from)[i][kLast[other]];
          then.bar[b][i] = static_cast<std::uint8_t>(other);
        }
        then.score[i][kFirst[b]] = value;
      }
    }
  }

  std::vector<Beat> beats;
  Beat at = end;
  std::size_t i = end_interval;
  while (best > kNever) {
    beats.push_back(at);
    const std::uint8_t origin = trace.origin(at.row, i, at.state);
    if (origin == kStart) break;
    std::size_t state = at.state - 1;
    for (std::size_t b = 0; b < kBars; ++b) {
      if (at.state == kFirst[b]) state = kLast[trace.bar_before(at.row, b, i)];
    }
    at = {at.row - (kShortest + i), state};
    i = origin;
  }
  std::reverse(beats.begin(), beats.end());
  return beats;
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

// How probable the beats are, 0 (0.15 and less on average) to 1 (0.75 and more), times the share of the song
// they cover.
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

Metre bar_pointer(std::span<const float> activation, double duration, const BarPointerOptions& options) {
  const std::size_t rows = activation.size() / 2;
  std::vector<float> pulse(rows);
  for (std::size_t t = 0; t < rows; ++t) {
    pulse[t] = static_cast<float>(probability(activation[2 * t], options.floor));
  }
  Metre metre;
  std::vector<Beat> path = search(activation, options);
  metre.confidence = confidence(path, pulse);
  if (metre.confidence < options.unsure) {
    BarPointerOptions ordinary = options;
    ordinary.octave_weight = options.unsure_octave_weight;
    path = search(activation, ordinary);
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

  std::vector<double> heard = smooth_beats(pulse, frames);
  for (double& t : heard) t /= kListenerRate;
  if (!heard.empty()) heard.front() = std::max(0.0, heard.front());
  const double first = heard.empty() ? 0 : heard.front();
  std::vector<double> periods;
  for (std::size_t k = 1; k < heard.size(); ++k) periods.push_back(heard[k] - heard[k - 1]);
  if (!periods.empty()) {
    const auto middle = periods.begin() + static_cast<std::ptrdiff_t>(periods.size() / 2);
    std::nth_element(periods.begin(), middle, periods.end());
    metre.bpm = 60.0 / *middle;
  }
  metre.beats = extend_beat_grid(std::move(heard), 60.0 / metre.bpm, duration);

  // Beats before the first heard lead up to it, those after the last go on counting.
  std::size_t before = 0;
  while (before < metre.beats.size() && metre.beats[before] < first - 1e-9) ++before;
  const int first_place = path.empty() ? 1 : place_of(path.front().state);
  const int first_bar = path.empty() ? 4 : bar_of(path.front().state);
  metre.beat_in_bar.resize(metre.beats.size());
  for (std::size_t k = 0; k < metre.beats.size(); ++k) {
    if (k >= before && k - before < path.size()) {
      metre.beat_in_bar[k] = place_of(path[k - before].state);
    } else if (k < before) {
      const int back = first_place - 1 - static_cast<int>(before - k);
      metre.beat_in_bar[k] = (back % first_bar + first_bar) % first_bar + 1;
    } else {
      const int bar = path.empty() ? 4 : bar_of(path.back().state);
      metre.beat_in_bar[k] = k == 0 ? 1 : metre.beat_in_bar[k - 1] % bar + 1;
    }
  }
  return metre;
}

}  // namespace terpsi::audio
