#include "audio/count/downbeat.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/hear/chroma.h"
#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

using Chroma = std::array<double, kChromaClasses>;

double peak_near(std::span<const float> x, double seconds) {
  const auto last = static_cast<std::ptrdiff_t>(x.size()) - 1;
  const auto centre = static_cast<std::ptrdiff_t>(std::floor(seconds * kOnsetRate + 0.5));
  double top = 0;
  for (std::ptrdiff_t t = std::max<std::ptrdiff_t>(0, centre - 4); t <= std::min(last, centre + 4); ++t) {
    top = std::max(top, static_cast<double>(x[static_cast<std::size_t>(t)]));
  }
  return top;
}

// Mean chroma of [from, to) seconds, scaled to unit length (or all 0).
Chroma mean_chroma(std::span<const float> chroma, double from, double to) {
  const auto frames = static_cast<std::ptrdiff_t>(chroma.size() / kChromaClasses);
  const auto first = std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(std::ceil(from * limits::kFps)));
  const auto last = std::min(frames, static_cast<std::ptrdiff_t>(std::ceil(to * limits::kFps)));
  Chroma mean{};
  for (std::ptrdiff_t i = first; i < last; ++i) {
    for (std::size_t c = 0; c < mean.size(); ++c)
      mean[c] += chroma[static_cast<std::size_t>(i) * mean.size() + c];
  }
  double square = 0;
  for (double v : mean) square += v * v;
  if (square > 1e-12) {
    for (double& v : mean) v /= std::sqrt(square);
  }
  return mean;
}

// z-scores, clamped to +-3.
void standardize(std::vector<double>& x) {
  const double middle = mean(x), deviation = standard_deviation(x);
  for (double& v : x) v = deviation > 1e-9 ? std::clamp((v - middle) / deviation, -3.0, 3.0) : 0.0;
}

struct Cycle {
  std::vector<int> position;
  double score = 0;  // evidence per square root of a bar: a z-score of the downbeats standing out
};

Cycle best_cycle(const std::vector<double>& downbeat, const std::vector<double>& backbeat, int length) {
  constexpr double kBreak = 12;  // transition cost of any position but the next
  const std::size_t n = downbeat.size(), p = static_cast<std::size_t>(length);
  const auto evidence = [&](std::size_t k, std::size_t position) {
    double e = position == 0 ? downbeat[k] : -downbeat[k] / static_cast<double>(length - 1);
    if (length == 4) e += position % 2 == 1 ? 0.4 * backbeat[k] : -0.4 * backbeat[k];
    return e;
  };
  std::vector<double> value(n * p);
  std::vector<int> from(n * p, 0);
  for (std::size_t k = 0; k < n; ++k) {
    const double* past = value.data() + (k > 0 ? k - 1 : 0) * p;
    const std::size_t top = k == 0 ? 0 : static_cast<std::size_t>(std::max_element(past, past + p) - past);
    for (std::size_t s = 0; s < p; ++s) {
      double best = 0;
      if (k > 0) {
        std::size_t source = (s + p - 1) % p;
        best = past[source];
        if (past[top] - kBreak > best) {
          best = past[top] - kBreak;
          source = top;
        }
        from[k * p + s] = static_cast<int>(source);
      }
      value[k * p + s] = best + evidence(k, s);
    }
  }
  Cycle cycle;
  cycle.position.resize(n);
  const double* end = value.data() + (n - 1) * p;
  auto state = static_cast<std::size_t>(std::max_element(end, end + p) - end);
  cycle.score = end[state] / std::sqrt(static_cast<double>(n) / length);
  for (std::size_t k = n; k-- > 0;) {
    cycle.position[k] = static_cast<int>(state) + 1;
    state = static_cast<std::size_t>(from[k * p + state]);
  }
  return cycle;
}

// Autocorrelation of x at a lag in beats, unbiased.
double correlation(const std::vector<double>& x, std::size_t lag) {
  double sum = 0;
  for (std::size_t k = 0; k + lag < x.size(); ++k) sum += x[k] * x[k + lag];
  return x.size() > lag ? sum / static_cast<double>(x.size() - lag) : 0;
}

}  // namespace

Downbeats track_downbeats(std::span<const double> beats, const OnsetStrength& onset,
                          std::span<const float> chroma) {
  Downbeats bars;
  const std::size_t n = beats.size();
  if (n < 8) {  // too short for a bar to repeat
    for (std::size_t k = 0; k < n; ++k) bars.beat_in_bar.push_back(static_cast<int>(k % 4) + 1);
    bars.evidence.assign(n, 0.0);
    return bars;
  }
  std::vector<double> low(n), attack(n), change(n, 0.0), bright(n);
  std::vector<Chroma> harmony(n);
  for (std::size_t k = 0; k < n; ++k) {
    const double next = k + 1 < n ? beats[k + 1] : beats[k] + (beats[k] - beats[k - 1]);
    harmony[k] = mean_chroma(chroma, beats[k], next);
    low[k] = peak_near(onset.low, beats[k]);
    attack[k] = peak_near(onset.whole, beats[k]);
    bright[k] = peak_near(onset.mid, beats[k]) + peak_near(onset.high, beats[k]);
  }
  for (std::size_t k = 1; k < n; ++k) {
    double same = 0, square = 0;
    for (std::size_t c = 0; c < kChromaClasses; ++c) {
      // Two beats on each side, so that chords are compared and not passing notes.
      const double before = harmony[k - 1][c] + (k >= 2 ? harmony[k - 2][c] : harmony[k - 1][c]);
      const double after = harmony[k][c] + (k + 1 < n ? harmony[k + 1][c] : harmony[k][c]);
      same += before * after;
      square += (before - after) * (before - after);
    }
    change[k] = square / (1 + same);
  }
  standardize(low);
  standardize(attack);
  standardize(change);
  standardize(bright);
  std::vector<double> downbeat(n), backbeat(n);
  for (std::size_t k = 0; k < n; ++k) {
    downbeat[k] = 1.0 * change[k] + 0.5 * low[k] + 0.2 * attack[k];
    backbeat[k] = bright[k] - low[k];
  }
  const Cycle four = best_cycle(downbeat, backbeat, 4), three = best_cycle(downbeat, backbeat, 3);
  const auto repeats = [&](std::size_t lag) {
    return correlation(low, lag) + correlation(change, lag) + 0.5 * correlation(attack, lag) +
           0.5 * correlation(bright, lag);
  };
  const double waltz = repeats(3) + repeats(6) - repeats(4) - repeats(8);
  const bool is_three = waltz > 0.3 && three.score > 0.8 * four.score;
  const Cycle& best = is_three ? three : four;
  bars.beats_per_bar = is_three ? 3 : 4;
  bars.beat_in_bar = best.position;
  bars.evidence = std::move(downbeat);
  return bars;
}

}  // namespace terpsi::audio
