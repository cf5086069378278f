#include "audio/structure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/chroma.h"
#include "audio/mel.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

constexpr int kReach = 4;             // bars on each side of a border that are compared
constexpr std::size_t kShortest = 4;  // bars in a section
constexpr double kShortestSeconds = 6;
constexpr double kBorder = 0.35;  // novelty of a border, of 1 = the strongest
constexpr double kAlike = 0.40;   // distance below which two sections share a label

constexpr std::size_t kMfccUsed = 12;
constexpr std::size_t kDims = kMfccUsed + kChromaClasses + 1 + 3;
using Description = std::array<double, kDims>;

// How much each group of dimensions counts in all; divided among its dimensions.
double group_weight(std::size_t dim) {
  if (dim < kMfccUsed) return 1.0 / kMfccUsed;
  if (dim < kMfccUsed + kChromaClasses) return 0.35 / kChromaClasses;
  if (dim == kMfccUsed + kChromaClasses) return 0.5;
  return 0.6 / 3;
}

Description describe(const Timbre& timbre, double from, double to) {
  const auto frames = static_cast<std::ptrdiff_t>(timbre.loudness.size());
  auto first = std::clamp<std::ptrdiff_t>(std::llround(from * limits::kFps), 0, frames - 1);
  auto last = std::clamp<std::ptrdiff_t>(std::llround(to * limits::kFps), first + 1, frames);
  Description d{};
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
    std::size_t k = 0;
    for (std::size_t m = 0; m < kMfccUsed; ++m) d[k++] += timbre.mfcc[i * kMfccCount + m];
    for (std::size_t c = 0; c < kChromaClasses; ++c) d[k++] += timbre.chroma[i * kChromaClasses + c];
    d[k++] += timbre.loudness[i];
    for (std::size_t b = 0; b < 3; ++b) d[k++] += timbre.bands[i * 3 + b];
  }
  for (double& v : d) v /= static_cast<double>(last - first);
  return d;
}

// Scales every dimension to the song's usual spread (one that hardly moves is not blown up, one odd bar does
// not count for much) and weighs it by how much of its variance is slow: what alternates from bar to bar,
// such as chords, says little about sections.
void standardize(std::vector<Description>& bars) {
  const std::size_t n = bars.size();
  std::vector<double> sorted(n);
  for (std::size_t k = 0; k < kDims; ++k) {
    for (std::size_t i = 0; i < n; ++i) sorted[i] = bars[i][k];
    std::sort(sorted.begin(), sorted.end());
    const double middle = sorted[n / 2];
    const double spread = (sorted[(n - 1) * 9 / 10] - sorted[(n - 1) / 10]) / 2.56 + 0.02;
    for (auto& b : bars) b[k] = std::clamp((b[k] - middle) / spread, -2.0, 2.0);
    double mean = 0, all = 1e-9, slow = 0;
    for (const auto& b : bars) mean += b[k] / static_cast<double>(n);
    for (const auto& b : bars) all += (b[k] - mean) * (b[k] - mean) / static_cast<double>(n);
    for (std::size_t i = 0; i + 4 <= n; ++i) {
      const double four = (bars[i][k] + bars[i + 1][k] + bars[i + 2][k] + bars[i + 3][k]) / 4 - mean;
      slow += four * four / static_cast<double>(n - 3);
    }
    const double share = std::min(1.0, slow / all);
    for (auto& b : bars) b[k] *= share * std::sqrt(group_weight(k));
  }
}

double distance(const Description& a, const Description& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kDims; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

std::vector<double> checkerboard(const std::vector<Description>& bars) {
  const auto n = static_cast<std::ptrdiff_t>(bars.size());
  std::vector<double> novelty(bars.size(), 0.0);
  for (std::ptrdiff_t k = 1; k < n; ++k) {
    double within = 0, across = 0, within_weight = 1e-9, across_weight = 1e-9;
    for (std::ptrdiff_t i = k - kReach; i < k + kReach; ++i) {
      for (std::ptrdiff_t j = k - kReach; j < i; ++j) {
        if (i < 0 || j < 0 || i >= n || j >= n) continue;
        const double a = (static_cast<double>(i - k) + 0.5) / kReach,
                     b = (static_cast<double>(j - k) + 0.5) / kReach;
        const double weight = std::exp(-1.5 * (a * a + b * b));
        const double d = distance(bars[static_cast<std::size_t>(i)], bars[static_cast<std::size_t>(j)]);
        if ((i < k) == (j < k)) {
          within += weight * d;
          within_weight += weight;
        } else {
          across += weight * d;
          across_weight += weight;
        }
      }
    }
    novelty[static_cast<std::size_t>(k)] = std::max(0.0, across / across_weight - within / within_weight);
  }
  return novelty;
}

// Borders, strongest first, that leave every section long enough; only the first may be as short as two bars.
std::vector<std::size_t> choose_cuts(const std::vector<double>& novelty, const std::vector<double>& starts) {
  std::vector<std::size_t> order;
  for (std::size_t k = 2; k + 2 <= novelty.size(); ++k) {
    if (novelty[k] >= kBorder) order.push_back(k);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return novelty[a] > novelty[b]; });
  std::vector<std::size_t> cuts;
  for (std::size_t k : order) {
    const bool clear = std::all_of(cuts.begin(), cuts.end(), [&](std::size_t cut) {
      return std::max(k, cut) - std::min(k, cut) >= kShortest &&
             std::abs(starts[k] - starts[cut]) >= kShortestSeconds;
    });
    if (clear) cuts.push_back(k);
  }
  cuts.push_back(0);
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace

Structure find_structure(const Timbre& timbre, std::span<const double> borders, double duration) {
  Structure result;
  const std::size_t frames = timbre.loudness.size();
  result.novelty.assign(frames, 0.0f);
  std::vector<double> starts;
  for (double b : borders) {
    if (b > 0.25 && b < duration - 0.25) starts.push_back(b);
  }
  starts.insert(starts.begin(), 0.0);
  if (starts.size() < 2 * kShortest) {
    result.sections.push_back({0.0, duration, 0});
    return result;
  }
  std::vector<Description> bars;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    bars.push_back(describe(timbre, starts[k], k + 1 < starts.size() ? starts[k + 1] : duration));
  }
  standardize(bars);
  std::vector<double> novelty = checkerboard(bars);
  // Full scale is the strongest change of the song, or a change of half a typical spread, if that is more.
  double top = 0.5;
  for (std::size_t k = 2; k + 2 < novelty.size(); ++k) top = std::max(top, novelty[k]);
  for (double& v : novelty) v = std::min(1.0, v / top);

  const std::vector<std::size_t> cuts = choose_cuts(novelty, starts);
  std::vector<Description> kinds;
  std::vector<double> sizes;
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    const std::size_t end = c + 1 < cuts.size() ? cuts[c + 1] : bars.size();
    Description mean{};
    for (std::size_t k = cuts[c]; k < end; ++k) {
      for (std::size_t d = 0; d < kDims; ++d) mean[d] += bars[k][d] / static_cast<double>(end - cuts[c]);
    }
    std::size_t label = kinds.size();
    double nearest = kAlike;
    for (std::size_t l = 0; l < kinds.size(); ++l) {
      const double d = distance(kinds[l], mean);
      if (d < nearest) {
        nearest = d;
        label = l;
      }
    }
    const auto size = static_cast<double>(end - cuts[c]);
    if (label == kinds.size()) {
      kinds.push_back(mean);
      sizes.push_back(size);
    } else {
      for (std::size_t d = 0; d < kDims; ++d) {
        kinds[label][d] = (kinds[label][d] * sizes[label] + mean[d] * size) / (sizes[label] + size);
      }
      sizes[label] += size;
    }
    const double stop = c + 1 < cuts.size() ? starts[end] : duration;
    if (!result.sections.empty() && result.sections.back().label == static_cast<int>(label)) {
      result.sections.back().end = stop;
    } else {
      result.sections.push_back({starts[cuts[c]], stop, static_cast<int>(label)});
    }
  }
  std::size_t bar = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / limits::kFps;
    while (bar + 1 < starts.size() && starts[bar + 1] <= t) ++bar;
    const double from = novelty[bar], to = bar + 1 < starts.size() ? novelty[bar + 1] : 0.0;
    const double end = bar + 1 < starts.size() ? starts[bar + 1] : std::max(duration, t + 1e-3);
    const double mix = std::clamp((t - starts[bar]) / (end - starts[bar]), 0.0, 1.0);
    result.novelty[i] = static_cast<float>(from + mix * (to - from));
  }
  return result;
}

}  // namespace terpsi::audio
