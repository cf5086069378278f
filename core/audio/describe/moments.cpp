#include "audio/describe/moments.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

using Kind = Moment::Kind;

constexpr double kFall = 0.2;      // fall of energy into a breakdown
constexpr double kBare = 0.2;      // fall of bass into a breakdown whose section label occurred before
constexpr double kBack = 0.07;     // distance from the level before at which a breakdown ends
constexpr double kJump = 0.08;     // half the jump of energy that ends a build-up within a section
constexpr double kRise = 0.22;     // rise of tension over a build-up
constexpr double kSteady = 0.8;    // correlation of a build-up with a straight line
constexpr double kDrop = 0.14;     // jump of energy plus half the jump of bass at the drop after a breakdown
constexpr double kRelease = 0.02;  // the same after a build-up
constexpr double kFull = 0.5;      // change of strength 1
constexpr std::size_t kLongestBreak = 32;
constexpr double kShortestBreak = 3;  // seconds

struct BarMeans {
  std::vector<double> start;    // seconds, and the end of the song
  std::vector<double> energy;   // mean
  std::vector<double> tension;  // mean of attacks and brightness
  std::vector<double> low;
  std::size_t size() const { return energy.size(); }
};

double mean(const std::vector<double>& values, std::size_t from, std::size_t to) {
  return terpsi::mean(std::span(values).subspan(from, to - from));
}

BarMeans bar_means(const Activity& activity, std::span<const double> starts, double duration) {
  BarMeans bars;
  const std::vector<float> energy = raw_energy(activity);
  for (double t : starts) {
    if (t >= 0 && t < duration - 0.25) bars.start.push_back(t);
  }
  if (bars.start.empty()) return bars;
  bars.start.push_back(duration);
  for (std::size_t k = 0; k + 1 < bars.start.size(); ++k) {
    const auto frame = [&](double t) {
      return std::min(energy.size(), static_cast<std::size_t>(std::llround(t * limits::kFps)));
    };
    const std::size_t from = frame(bars.start[k]), to = frame(bars.start[k + 1]);
    double sums[3] = {};
    for (std::size_t i = from; i < to; ++i) {
      sums[0] += static_cast<double>(energy[i]);
      sums[1] += 0.5 * static_cast<double>(activity.attacks[i] + activity.bright[i]);
      sums[2] += static_cast<double>(activity.low[i]);
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, to - from));
    bars.energy.push_back(sums[0] / count);
    bars.tension.push_back(sums[1] / count);
    bars.low.push_back(sums[2] / count);
  }
  return bars;
}

// Rise over bars [from, to) of a line fitted to the tension; 0 where it is not steady.
double steady_rise(const std::vector<double>& values, std::size_t from, std::size_t to) {
  const auto n = static_cast<double>(to - from);
  const double middle = (n - 1) / 2, level = mean(values, from, to);
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t k = from; k < to; ++k) {
    const double x = static_cast<double>(k - from) - middle, y = values[k] - level;
    xx += x * x, xy += x * y, yy += y * y;
  }
  if (xy <= 0 || xy * xy < kSteady * kSteady * xx * yy) return 0;
  return xy / xx * n;
}

// Whether the label of the section at time t occurred before outside breakdowns, as a verse does.
bool heard_before(std::span<const Section> sections, const std::vector<Moment>& breakdowns, double t) {
  const auto now = std::find_if(sections.begin(), sections.end(),
                                [&](const Section& s) { return s.start <= t && t < s.end; });
  if (now == sections.end()) return false;
  return std::any_of(sections.begin(), now, [&](const Section& s) {
    return s.label == now->label && std::none_of(breakdowns.begin(), breakdowns.end(), [&](const Moment& m) {
             return m.start < s.end && m.end > s.start;
           });
  });
}

void find_breakdowns(const BarMeans& bars, std::span<const Section> sections, std::vector<Moment>& out) {
  for (std::size_t a = 4; a + 2 < bars.size(); ++a) {
    const double before = mean(bars.energy, a - 4, a), now = mean(bars.energy, a, a + 2);
    if (before - now < kFall || bars.energy[a - 1] - bars.energy[a] < 0.5 * kFall) continue;
    std::size_t b = a + 1;
    while (b < bars.size() && b - a <= kLongestBreak &&
           mean(bars.energy, b, std::min(b + 2, bars.size())) < before - kBack)
      ++b;
    const bool returned = b < bars.size() && b - a <= kLongestBreak && b - a >= 2;
    if (returned && bars.start[b] - bars.start[a] >= kShortestBreak) {
      const double depth = before - mean(bars.energy, a, b);
      // A verse keeps its bass; an intro may share the label of a breakdown.
      const bool bare = mean(bars.low, a - 4, a) - mean(bars.low, a, b) >= kBare;
      if (depth >= kFall && (bare || !heard_before(sections, out, 0.5 * (bars.start[a] + bars.start[b]))))
        out.push_back({Kind::breakdown, bars.start[a], bars.start[b], std::min(1.0, depth / kFull)});
    }
    a = returned ? b : a + 1;
  }
}

bool near_section(std::span<const Section> sections, double t) {
  return std::any_of(sections.begin(), sections.end(),
                     [&](const Section& s) { return s.start > 0 && std::abs(s.start - t) < 0.1; });
}

double jump(const BarMeans& bars, std::size_t k) {
  return mean(bars.energy, k, k + 2) - bars.energy[k - 1];
}

void find_build_ups(const BarMeans& bars, std::span<const Section> sections, std::vector<Moment>& out) {
  for (std::size_t k = bars.size() > 2 ? bars.size() - 2 : 0; k >= 5; --k) {
    if (!near_section(sections, bars.start[k]) && jump(bars, k) < 2 * kJump) continue;
    std::size_t length = 0;
    double best = 0;
    for (const std::size_t bars_long : {4u, 8u, 16u}) {
      if (bars_long >= k) break;
      const double rise = steady_rise(bars.tension, k - bars_long, k);
      if (rise >= kRise && rise > best + 0.05) best = rise, length = bars_long;
    }
    // The energy holds afterwards: a fade-in that ends in quiet is not a build-up.
    if (length == 0 || mean(bars.energy, k, k + 2) < mean(bars.energy, k - length, k)) continue;
    out.push_back({Kind::build_up, bars.start[k - length], bars.start[k], std::min(1.0, best / kFull)});
    k = std::max<std::size_t>(k - length + 1, 5);
  }
}

}  // namespace

std::vector<Moment> find_moments(const Activity& activity, std::span<const double> starts,
                                 std::span<const Section> sections, double duration) {
  std::vector<Moment> out;
  const BarMeans bars = bar_means(activity, starts, duration);
  if (bars.size() < 8) return out;
  find_breakdowns(bars, sections, out);
  std::vector<Moment> builds;
  find_build_ups(bars, sections, builds);
  for (const Moment& build : builds) {  // a build-up ends the breakdown before it
    for (Moment& m : out) {
      if (m.start < build.start && m.end > build.start) m.end = build.start;
    }
    std::erase_if(out, [&](const Moment& m) { return m.start >= build.start && m.end <= build.end; });
  }
  out.insert(out.end(), builds.begin(), builds.end());
  for (std::size_t k = 2; k + 2 < bars.size(); ++k) {
    const double t = bars.start[k];
    const auto ends = [&](Kind kind) {
      return std::any_of(out.begin(), out.end(),
                         [&](const Moment& m) { return m.kind == kind && std::abs(m.end - t) < 0.1; });
    };
    // The end of a build-up is already about as loud as the drop.
    const double least = ends(Kind::build_up) ? kRelease : ends(Kind::breakdown) ? kDrop : HUGE_VAL;
    const double up = jump(bars, k), bass = mean(bars.low, k, k + 2) - bars.low[k - 1];
    if (up + 0.5 * bass >= least) out.push_back({Kind::drop, t, t, std::min(1.0, (up + 0.5 * bass) / kFull)});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Moment& a, const Moment& b) { return a.start < b.start; });
  return out;
}

}  // namespace terpsi::audio
