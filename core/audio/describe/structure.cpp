#include "audio/describe/structure.h"

#include <algorithm>

#include "audio/describe/bar_description.h"
#include "audio/describe/bar_novelty.h"
#include "audio/describe/section_label.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

constexpr std::size_t kShortest = 4;  // bars in a section; two in the first and the last
constexpr double kShortestSeconds = 6;
constexpr double kLeast = 0.5, kMost = 0.9;  // bounds of the sound novelty that counts as 1
constexpr double kBorder = 0.40;             // cost of a border, in novelty
constexpr std::size_t kLongest = 128;        // bars in a section that the search considers

// An incomplete bar at either end of the song belongs to its neighbour if it is shorter than half of that.
std::vector<double> bar_starts(std::span<const double> downbeats, double duration) {
  std::vector<double> starts;
  for (double b : downbeats) {
    if (b > 0.25 && b < duration - 0.25) starts.push_back(b);
  }
  if (starts.size() < 2) return {0.0};
  const std::size_t n = starts.size();
  if (duration - starts[n - 1] < 0.5 * (starts[n - 1] - starts[n - 2])) starts.pop_back();
  if (starts.size() < 2 || starts[0] >= 0.5 * (starts[1] - starts[0])) {
    starts.insert(starts.begin(), 0.0);
  } else {
    starts[0] = 0.0;
  }
  return starts;
}

// Cost of a section length: composers write in multiples of 4 and 8 bars.
double length_cost(std::size_t bars) {
  if (bars % 8 == 0) return 0;
  if (bars % 4 == 0) return 0.03;
  return bars % 2 == 0 ? 0.08 : 0.12;
}

std::vector<double> novelty_of(const BarDescriptions& bars) {
  std::vector<double> sound = sound_novelty(bars);
  // Full scale is the song's maximum, within bounds.
  double top = 0;
  for (std::size_t k = 2; k + 2 < sound.size(); ++k) top = std::max(top, sound[k]);
  top = std::clamp(top, kLeast, kMost);
  for (double& v : sound) v = std::min(1.0, v / top);
  const std::vector<double> tune = tune_novelty(bars, sound);
  for (std::size_t k = 0; k < sound.size(); ++k) sound[k] = 1 - (1 - sound[k]) * (1 - tune[k]);
  return sound;
}

// First bars of the sections: the segmentation of the highest total novelty less costs.
std::vector<std::size_t> choose_cuts(const std::vector<double>& novelty, const std::vector<double>& starts,
                                     double duration) {
  const std::size_t n = novelty.size();
  constexpr double kNever = -1e9;
  std::vector<double> best(n + 1, kNever);  // of the song up to bar k, which is a border
  std::vector<std::size_t> from(n + 1, 0);
  best[0] = 0;
  for (std::size_t k = 2; k <= n; ++k) {
    const double end = k < n ? starts[k] : duration;
    const double own = k < n ? novelty[k] - kBorder : 0;
    for (std::size_t i = k > kLongest ? k - kLongest : 0; i + 2 <= k; ++i) {
      const bool outer = i == 0 || k == n;
      if (!outer && (k - i < kShortest || end - starts[i] < kShortestSeconds)) continue;
      const bool whole = i == 0 && k == n;
      const double score = best[i] + own - (outer ? 0.5 : 1.0) * (whole ? 0 : length_cost(k - i));
      if (score > best[k]) best[k] = score, from[k] = i;
    }
  }
  if (best[n] <= kNever / 2) return {0};  // longer than kLongest bars without a border
  std::vector<std::size_t> cuts;
  for (std::size_t k = n; k > 0; k = from[k]) cuts.push_back(from[k]);
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

// Interpolated linearly from bars to frames.
std::vector<float> by_frame(const std::vector<double>& novelty, const std::vector<double>& starts,
                            double duration, std::size_t frames) {
  std::vector<float> out(frames);
  std::size_t bar = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / limits::kFps;
    while (bar + 1 < starts.size() && starts[bar + 1] <= t) ++bar;
    const double from = novelty[bar], to = bar + 1 < starts.size() ? novelty[bar + 1] : 0.0;
    const double end = bar + 1 < starts.size() ? starts[bar + 1] : std::max(duration, t + 1e-3);
    const double mix = std::clamp((t - starts[bar]) / (end - starts[bar]), 0.0, 1.0);
    out[i] = static_cast<float>(from + mix * (to - from));
  }
  return out;
}

}  // namespace

Structure find_structure(const Timbre& timbre, std::span<const double> downbeats, double duration) {
  Structure result;
  const std::size_t frames = timbre.loudness.size();
  const std::vector<double> starts = bar_starts(downbeats, duration);
  if (starts.size() < 2 * kShortest) {
    result.novelty.assign(frames, 0.0f);
    result.sections.push_back({0.0, duration, 0});
    return result;
  }
  const BarDescriptions bars = describe_bars(timbre, starts, duration);
  const std::vector<double> novelty = novelty_of(bars);
  const std::vector<std::size_t> cuts = choose_cuts(novelty, starts, duration);
  const std::vector<int> labels = label_sections(bars, cuts);
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    const double end = c + 1 < cuts.size() ? starts[cuts[c + 1]] : duration;
    if (!result.sections.empty() && result.sections.back().label == labels[c]) {
      result.sections.back().end = end;
    } else {
      result.sections.push_back({starts[cuts[c]], end, labels[c]});
    }
  }
  result.novelty = by_frame(novelty, starts, duration, frames);
  return result;
}

}  // namespace terpsi::audio
