#include "audio/describe/bar_novelty.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace terpsi::audio {
namespace {

constexpr std::ptrdiff_t kReach = 4;  // bars on each side of a barline
constexpr float kMargin = 0.15f;      // difference between repetitions that is chance
constexpr float kRepeats = 0.45f;     // similarity from which four bars count as repeated
constexpr double kEnough = 1.0;       // weighted repetitions, below which the share counts less
constexpr int kRounds = 4;

// A barline where a repetition begins or ends, seen from both of its occurrences.
struct Edge {
  std::uint32_t bar, other;
  double weight;
};

// Adds to `repeated` the weight of all repetitions around each barline, whether they begin, end or continue
// there.
std::vector<Edge> repetition_edges(const BarDescriptions& bars, std::vector<double>& repeated) {
  constexpr auto reach = static_cast<std::size_t>(kReach);
  std::vector<Edge> edges;
  std::vector<float> alike(bars.size()), four(bars.size()), change(bars.size());
  for (std::size_t lag = 2; lag + 2 * reach <= bars.size(); ++lag) {
    // alike[i]: bars i and i + lag; four[i]: mean over i..i+3; change[i]: from i-4..i-1 to i..i+3.
    const std::size_t count = bars.size() - lag, last = count - reach;
    for (std::size_t i = 0; i < count; ++i) alike[i] = bars.tune_alike(i, i + lag);
    for (std::size_t i = 0; i <= last; ++i)
      four[i] = 0.25f * ((alike[i] + alike[i + 1]) + (alike[i + 2] + alike[i + 3]));
    for (std::size_t i = reach; i <= last; ++i) change[i] = std::abs(four[i] - four[i - reach]);
    for (std::size_t i = reach; i <= last; ++i) {
      const float weight = (std::max(four[i], four[i - reach]) - kRepeats) / (1 - kRepeats);
      if (weight <= 0) continue;
      repeated[i] += static_cast<double>(weight), repeated[i + lag] += static_cast<double>(weight);
      bool sharpest = change[i] > kMargin;
      for (std::size_t k = std::max(reach, i - 2); k <= std::min(last, i + 2); ++k)
        sharpest = sharpest && (change[k] < change[i] || k == i || (k > i && change[k] <= change[i]));
      if (!sharpest) continue;
      const float edge = std::min(1.f, (change[i] - kMargin) / (0.5f - kMargin));
      edges.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + lag),
                       static_cast<double>(weight * edge)});
    }
  }
  return edges;
}

}  // namespace

std::vector<double> sound_novelty(const BarDescriptions& bars) {
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
        const double d =
            distance(bars.sound[static_cast<std::size_t>(i)], bars.sound[static_cast<std::size_t>(j)]);
        const bool same_side = (i < k) == (j < k);
        (same_side ? within : across) += weight * d;
        (same_side ? within_weight : across_weight) += weight;
      }
    }
    novelty[static_cast<std::size_t>(k)] = std::max(0.0, across / across_weight - within / within_weight);
  }
  return novelty;
}

std::vector<double> tune_novelty(const BarDescriptions& bars, std::span<const double> sound) {
  const std::size_t n = bars.size();
  std::vector<double> repeated(n, 0.0);
  const std::vector<Edge> edges = repetition_edges(bars, repeated);
  std::vector<double> evidence(n), novelty(n, 0.0);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t k = 0; k < n; ++k) evidence[k] = 0.05 + 0.5 * sound[k] + novelty[k];
    std::fill(novelty.begin(), novelty.end(), 0.0);
    for (const Edge& e : edges) {
      const double a = evidence[e.bar] * evidence[e.bar], b = evidence[e.other] * evidence[e.other];
      novelty[e.bar] += e.weight * a / (a + b);
      novelty[e.other] += e.weight * b / (a + b);
    }
    for (std::size_t k = 0; k < n; ++k)
      novelty[k] = std::min(1.0, novelty[k] / std::max(repeated[k], kEnough));
  }
  return novelty;
}

}  // namespace terpsi::audio
