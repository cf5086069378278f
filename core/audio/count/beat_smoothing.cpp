#include "audio/count/beat_smoothing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "audio/hear/onset.h"

namespace terpsi::audio {
namespace {

struct Pull {
  double at = 0;      // frames
  double weight = 0;  // 0: no peak near this beat
};

// The peak that a beat is drawn to: the one of the largest weight, its height faded out with the distance.
Pull nearest_peak(std::span<const float> pulse, double beat) {
  constexpr double kReachFrames = 4.5;  // 50 ms
  Pull pull{beat, 0};
  const auto n = static_cast<std::ptrdiff_t>(pulse.size());
  const auto from = std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(std::ceil(beat - kReachFrames)));
  const auto to = std::min(n - 2, static_cast<std::ptrdiff_t>(std::floor(beat + kReachFrames)));
  for (std::ptrdiff_t t = from; t <= to; ++t) {
    const double a = pulse[static_cast<std::size_t>(t - 1)], b = pulse[static_cast<std::size_t>(t)],
                 c = pulse[static_cast<std::size_t>(t + 1)];
    if (b < a || b < c || b <= 0) continue;
    const double bend = a - 2 * b + c;
    const double at = static_cast<double>(t) + (bend < -1e-9 ? 0.5 * (a - c) / bend : 0.0);
    const double distance = (at - beat) / kReachFrames;
    const double weight = std::min(b, 3.0) * std::max(0.0, 1 - distance * distance);
    if (weight > pull.weight) pull = {at, weight};
  }
  return pull;
}

// Minimises, by a banded L D L^T factorisation,
//   sum w (x - p)^2 + stiffness * sum (x[k-1] - 2 x[k] + x[k+1])^2
std::vector<double> smooth_grid(const std::vector<Pull>& pulls, double stiffness) {
  const std::size_t n = pulls.size();
  std::vector<double> d(n), e(n, 0.0), f(n, 0.0), x(n);
  for (std::size_t k = 0; k < n; ++k) {
    d[k] = pulls[k].weight + 1e-7;
    x[k] = d[k] * pulls[k].at;
  }
  for (std::size_t k = 1; k + 1 < n; ++k) {
    d[k - 1] += stiffness;
    d[k] += 4 * stiffness;
    d[k + 1] += stiffness;
    e[k - 1] -= 2 * stiffness;
    e[k] -= 2 * stiffness;
    f[k - 1] += stiffness;
  }
  // L has two sub-diagonals; e and f become those.
  for (std::size_t k = 0; k < n; ++k) {
    const double e0 = e[k], f0 = f[k];
    if (k + 1 < n) {
      e[k] = e0 / d[k];
      d[k + 1] -= e[k] * e0;
      if (k + 2 < n) {
        f[k] = f0 / d[k];
        d[k + 2] -= f[k] * f0;
        e[k + 1] -= e[k] * f0;
      }
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    if (k + 1 < n) x[k + 1] -= e[k] * x[k];
    if (k + 2 < n) x[k + 2] -= f[k] * x[k];
  }
  for (std::size_t k = n; k-- > 0;) {
    x[k] /= d[k];
    if (k + 1 < n) x[k] -= e[k] * x[k + 1];
    if (k + 2 < n) x[k] -= f[k] * x[k + 2];
  }
  return x;
}

// Iteratively reweighted fit with Cauchy weights. misfit: weighted mean distance of the grid from the peaks,
// frames.
std::vector<double> robust_grid(std::vector<Pull> pulls, double stiffness, double& misfit) {
  const std::vector<Pull> original = pulls;
  std::vector<double> grid;
  for (int pass = 0; pass < 4; ++pass) {
    grid = smooth_grid(pulls, stiffness);
    double sum = 0, weight = 1e-9;
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const double off = (grid[k] - original[k].at) / 1.8;  // 20 ms
      pulls[k].weight = original[k].weight / (1 + off * off);
      sum += original[k].weight * std::min(std::abs(off) * 1.8, 3.6);
      weight += original[k].weight;
    }
    misfit = sum / weight;
  }
  return grid;
}

}  // namespace

std::vector<double> smooth_beats(std::span<const float> pulse, const std::vector<double>& frames) {
  if (frames.size() < 4) return frames;
  std::vector<double> grid = frames;
  for (int round = 0; round < 2; ++round) {
    std::vector<Pull> pulls(grid.size());
    for (std::size_t k = 0; k < grid.size(); ++k) pulls[k] = nearest_peak(pulse, grid[k]);
    // The stiffest grid that still meets the peaks: steady songs get an even grid, rubato stays free.
    double loosest = 0;
    std::vector<double> best = robust_grid(pulls, 1.0, loosest);
    for (double stiffness : {10.0, 100.0, 1e3, 1e4, 1e5}) {
      double misfit = 0;
      std::vector<double> candidate = robust_grid(pulls, stiffness, misfit);
      if (misfit > 1.3 * loosest + 0.25) break;
      best = std::move(candidate);
    }
    grid = std::move(best);
  }
  for (std::size_t k = 1; k < grid.size(); ++k) {
    if (!(grid[k] > grid[k - 1] + 0.1 * kOnsetRate)) return frames;
  }
  return grid;
}

}  // namespace terpsi::audio
