#include "score/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::score {
namespace {

constexpr double kLongestBeat = 1.5;       // seconds; longer halves and wholes are counted in quarters
constexpr double kShortestUnit = 1.0 / 3;  // seconds; shorter quavers are counted in groups
constexpr double kShortestWhole = 0.15;    // seconds; likewise quarters
constexpr double kClosest = 0.1;           // seconds; beats closer to the one before are omitted
constexpr int kMostBeats = 12;             // in a bar
constexpr double kNoPlace = 1e-6;          // quarters: tolerance of equal places

// Lengths of the beats of a bar, in units of 1 / denominator.
std::vector<int> beats_of(int units, int denominator, double unit_seconds) {
  if (denominator >= 8 && units % 3 == 0 && units > 3) {
    return std::vector<int>(static_cast<std::size_t>(units / 3), 3);
  }
  std::vector<int> groups(static_cast<std::size_t>(units), 1);
  const double shortest = denominator >= 8 ? kShortestUnit : kShortestWhole;
  for (double beat = unit_seconds; beat < shortest * (1 - 1e-9) && groups.size() > 1; beat *= 2) {
    std::vector<int> pairs;
    for (std::size_t i = 0; i + 1 < groups.size(); i += 2) pairs.push_back(groups[i] + groups[i + 1]);
    if (groups.size() % 2 == 1) pairs.back() += groups.back();
    groups = std::move(pairs);
  }
  return groups;
}

// Places of a bar's beats from its start, quarters.
std::vector<double> beat_places(const Score& score, const Bar& bar) {
  const TimeSignature& signature = score.signatures[bar.signature];
  int units = signature.numerator, denominator = signature.denominator;
  const double full = 4.0 * units / denominator;
  // At the tempo of the whole bar, so that a truncated bar is counted like its neighbours.
  double unit_seconds = (bar.end - bar.start) / bar.length * 4 / denominator;
  while (denominator < 4 && unit_seconds > kLongestBeat) {
    units *= 2, denominator *= 2;
    unit_seconds /= 2;
  }
  std::vector<double> places;
  double at = 0;
  for (const int group : beats_of(units, denominator, unit_seconds)) {
    if (at > std::min(full, bar.length) - kNoPlace) break;
    places.push_back(at);
    at += 4.0 * group / denominator;
  }
  return places;
}

// Position of a beat, 1 = downbeat; long bars in fours, or in threes where those fit better.
int count_of(int beat, int beats) {
  if (beats <= kMostBeats) return beat + 1;
  return beat % (beats % 4 != 0 && beats % 3 == 0 ? 3 : 4) + 1;
}

}  // namespace

double seconds_at(const Score& score, double place) {
  auto next = std::upper_bound(score.tempi.begin(), score.tempi.end(), place,
                               [](double at, const TempoChange& change) { return at < change.place; });
  if (next != score.tempi.begin()) --next;
  return next->time + (place - next->place) * 60.0 / next->bpm;
}

void lay_bars(Score& score) {
  score.bars.clear();
  for (std::size_t s = 0; s < score.signatures.size(); ++s) {
    const TimeSignature& signature = score.signatures[s];
    const double length = 4.0 * signature.numerator / signature.denominator;
    const bool last = s + 1 == score.signatures.size();
    const double border = last ? 0 : score.signatures[s + 1].place;
    for (std::size_t k = 0; score.bars.size() < limits::kMaxBars; ++k) {
      const double place = signature.place + static_cast<double>(k) * length;
      if (!last && place > border - kNoPlace) break;
      const double end = last ? place + length : std::min(place + length, border);
      const double start_time = seconds_at(score, place);
      if (start_time >= score.duration) return;
      score.bars.push_back({start_time, seconds_at(score, end), place, end - place, s});
    }
  }
}

audio::Metre score_metre(const Score& score, double seconds) {
  audio::Metre metre;
  if (!score.has_metre || score.bars.empty()) return metre;
  metre.confidence = 1;
  std::array<double, kMostBeats + 1> time_in{};  // seconds in bars of so many beats

  const auto count_bar = [&](const Bar& bar, int skipped) {
    const std::vector<double> places = beat_places(score, bar);
    const auto beats = static_cast<int>(places.size());
    for (int b = 0; b < beats; ++b) {
      const double time = seconds_at(score, bar.place + places[static_cast<std::size_t>(b)]);
      if (time >= seconds) return;
      if (!metre.beats.empty() && time < metre.beats.back() + kClosest) continue;
      metre.beats.push_back(time);
      metre.beat_in_bar.push_back(count_of(b + skipped, beats + skipped));
    }
    const int longest = beats <= kMostBeats ? beats : beats % 4 != 0 && beats % 3 == 0 ? 3 : 4;
    time_in[static_cast<std::size_t>(longest)] += bar.end - bar.start;
  };

  for (std::size_t k = 0; k < score.bars.size(); ++k) {
    int skipped = 0;
    if (k == 0 && score.bars.size() > 1 && score.bars[0].length < score.bars[1].length - kNoPlace) {
      const auto whole = beat_places(score, score.bars[1]).size(),
                 part = beat_places(score, score.bars[0]).size();
      if (part < whole) skipped = static_cast<int>(whole - part);
    }
    count_bar(score.bars[k], skipped);
  }
  // The last bar repeats until the end of the sound.
  Bar bar = score.bars.back();
  const double full =
      4.0 * score.signatures[bar.signature].numerator / score.signatures[bar.signature].denominator;
  for (int extra = 0; extra < 1000 && bar.end < seconds; ++extra) {
    bar.place += bar.length;
    bar.length = full;
    bar.start = bar.end;
    bar.end = seconds_at(score, bar.place + bar.length);
    count_bar(bar, 0);
  }

  metre.beats_per_bar =
      static_cast<int>(std::max_element(time_in.begin() + 1, time_in.end()) - time_in.begin());
  if (metre.beats.size() >= 2) {
    std::vector<double> periods;
    for (std::size_t k = 1; k < metre.beats.size(); ++k)
      periods.push_back(metre.beats[k] - metre.beats[k - 1]);
    metre.bpm = 60.0 / quantile(std::move(periods), 0.5);
  } else {
    metre.bpm = score.tempi.front().bpm;
  }
  return metre;
}

audio::Metre metre_between(const audio::Metre& metre, double from, double to) {
  audio::Metre part;
  part.beats_per_bar = metre.beats_per_bar;
  part.bpm = metre.bpm;
  part.confidence = metre.confidence;
  for (std::size_t k = 0; k < metre.beats.size(); ++k) {
    if (metre.beats[k] < from || metre.beats[k] >= to) continue;
    part.beats.push_back(metre.beats[k] - from);
    part.beat_in_bar.push_back(metre.beat_in_bar[k]);
  }
  return part;
}

std::vector<float> note_density(const Score& score, std::size_t frames, double from) {
  // The window (1 + cos(pi t)) / 2, |t| < 1 s, has unit area: the sum over notes is notes per second.
  std::vector<double> sum(frames, 0.0);
  for (const Note& note : score.notes) {
    const double at = note.start - from;
    const double first = std::max(0.0, std::ceil((at - 1) * limits::kFps));
    const double last = std::min(static_cast<double>(frames) - 1, std::floor((at + 1) * limits::kFps));
    for (double i = first; i <= last; ++i) {
      sum[static_cast<std::size_t>(i)] += 0.5 + 0.5 * std::cos(std::numbers::pi * (i / limits::kFps - at));
    }
  }
  return {sum.begin(), sum.end()};
}

}  // namespace terpsi::score
