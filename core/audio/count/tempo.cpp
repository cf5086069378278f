#include "audio/count/tempo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "audio/dot.h"

namespace terpsi::audio {
namespace {

constexpr int kPerOctave = 60;
constexpr int kStates = 156;                 // 40 to 239.9 BPM
constexpr int kWindow = 8 * kOnsetRate;      // frames
constexpr int kMaxLag = 4 * kOnsetRate + 2;  // frames

double state_bpm(int state) {
  return kMinBpm * std::exp2(static_cast<double>(state) / kPerOctave);
}

// Moving average over +-reach frames, shorter at the ends.
std::vector<double> moving_mean(std::span<const double> x, std::ptrdiff_t reach) {
  const auto n = static_cast<std::ptrdiff_t>(x.size());
  std::vector<double> sums(x.size() + 1, 0.0), out(x.size());
  for (std::size_t t = 0; t < x.size(); ++t) sums[t + 1] = sums[t] + x[t];
  for (std::ptrdiff_t t = 0; t < n; ++t) {
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, t - reach), to = std::min(n, t + reach + 1);
    out[static_cast<std::size_t>(t)] =
        (sums[static_cast<std::size_t>(to)] - sums[static_cast<std::size_t>(from)]) /
        static_cast<double>(to - from);
  }
  return out;
}

double root_mean_square(std::span<const float> x) {
  double sum = 0;
  for (float v : x) sum += static_cast<double>(v) * v;
  return x.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(x.size()));
}

}  // namespace

double TempoCurve::at(double seconds) const {
  const double position =
      std::clamp(seconds * kOnsetRate / kTempoHop, 0.0, static_cast<double>(bpm.size() - 1));
  const auto k = static_cast<std::size_t>(position);
  if (k + 1 >= bpm.size()) return bpm.back();
  return bpm[k] + (position - static_cast<double>(k)) * (bpm[k + 1] - bpm[k]);
}

double TempoCurve::median() const {
  std::vector<double> sorted = bpm;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

std::vector<float> pulse_signal(const OnsetStrength& onset) {
  const std::size_t n = onset.whole.size();
  const double whole_scale = std::max(1e-9, root_mean_square(onset.whole));
  const double low_scale = std::max(root_mean_square(onset.low), 0.3 * whole_scale);
  std::vector<double> mixed(n);
  for (std::size_t t = 0; t < n; ++t)
    mixed[t] = 0.5 * onset.whole[t] / whole_scale + 0.5 * onset.low[t] / low_scale;
  const std::vector<double> mean = moving_mean(mixed, kOnsetRate / 2);
  std::vector<double> squares(n);
  double total = 0;
  for (std::size_t t = 0; t < n; ++t) {
    mixed[t] = std::max(0.0, mixed[t] - mean[t]);
    squares[t] = mixed[t] * mixed[t];
    total += squares[t];
  }
  const double typical = std::max(1e-12, total / static_cast<double>(std::max<std::size_t>(1, n)));
  const std::vector<double> around = moving_mean(squares, 4 * kOnsetRate);
  std::vector<float> pulse(n);
  for (std::size_t t = 0; t < n; ++t) {
    const double local = std::max(around[t], 0.01 * typical);
    pulse[t] = static_cast<float>(mixed[t] / std::pow(local * local * typical, 1.0 / 6));
  }
  const auto scale = static_cast<float>(1.0 / std::max(1e-9, root_mean_square(pulse)));
  for (float& v : pulse) v *= scale;
  return pulse;
}

TempoCurve track_tempo(std::span<const float> pulse) {
  const auto n = static_cast<std::ptrdiff_t>(pulse.size());
  const auto steps = static_cast<std::size_t>(n / kTempoHop + 1);
  std::vector<float> hann(kWindow);
  for (int i = 0; i < kWindow; ++i) {
    hann[static_cast<std::size_t>(i)] =
        static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * (i + 0.5) / kWindow));
  }
  // What the window alone does to the autocorrelation, to be divided out.
  std::vector<double> fade(kMaxLag + 1);
  for (int lag = 0; lag <= kMaxLag; ++lag) {
    fade[static_cast<std::size_t>(lag)] =
        static_cast<double>(dot(hann.data(), hann.data() + lag, static_cast<std::size_t>(kWindow - lag))) /
        kWindow;
  }
  for (int lag = kMaxLag; lag >= 0; --lag) fade[static_cast<std::size_t>(lag)] /= fade[0];

  std::vector<float> score(steps * kStates);
  std::vector<float> support(steps * kStates);
  std::vector<float> frame(kWindow);
  std::vector<double> acf(kMaxLag + 1);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(step) * kTempoHop - kWindow / 2;
    double mean = 0, weight = 0;
    for (int i = 0; i < kWindow; ++i) {
      const std::ptrdiff_t t = first + i;
      const bool inside = t >= 0 && t < n;
      frame[static_cast<std::size_t>(i)] = inside ? pulse[static_cast<std::size_t>(t)] : 0.0f;
      if (inside) {
        mean += static_cast<double>(hann[static_cast<std::size_t>(i)]) * frame[static_cast<std::size_t>(i)];
        weight += hann[static_cast<std::size_t>(i)];
      }
    }
    mean /= std::max(1e-9, weight);
    for (int i = 0; i < kWindow; ++i) {
      const std::ptrdiff_t t = first + i;
      const auto at = static_cast<std::size_t>(i);
      frame[at] = t >= 0 && t < n ? (frame[at] - static_cast<float>(mean)) * hann[at] : 0.0f;
    }
    const double energy = dot(frame.data(), frame.data(), kWindow);
    const double floor =
        0.02 * 0.375 * kWindow;  // 2 % of the song's mean power: no evidence out of near silence
    for (int lag = 0; lag <= kMaxLag; ++lag) {
      acf[static_cast<std::size_t>(lag)] =
          dot(frame.data(), frame.data() + lag, static_cast<std::size_t>(kWindow - lag)) / (energy + floor) /
          fade[static_cast<std::size_t>(lag)];
    }
    for (int s = 0; s < kStates; ++s) {
      const double bpm = state_bpm(s), period = 60.0 * kOnsetRate / bpm;
      constexpr double kWeights[] = {1.0, 0.8, 0.6, 0.5};
      double sum = 0, weights = 0;
      for (int m = 1; m <= 4; ++m) {
        const double lag = m * period;
        const auto at = static_cast<std::size_t>(lag);
        if (at + 1 > kMaxLag) break;
        const double mix = lag - static_cast<double>(at);
        sum += kWeights[m - 1] * (acf[at] + mix * (acf[at + 1] - acf[at]));
        weights += kWeights[m - 1];
      }
      const double octaves = std::log2(bpm / 115.0);
      const std::size_t cell = step * kStates + static_cast<std::size_t>(s);
      support[cell] = static_cast<float>(sum / weights);
      score[cell] = static_cast<float>(sum / weights - 0.15 * octaves * octaves);
    }
  }

  // What the whole song favours counts everywhere, so that a steady song keeps one metrical level throughout;
  // the more so, the better one tempo serves the whole song (compared with the best tempo of each moment).
  std::vector<double> whole(kStates, 0.0);
  double best_each = 1e-9;
  for (std::size_t step = 0; step < steps; ++step) {
    double top = 0;
    for (std::size_t s = 0; s < kStates; ++s) {
      whole[s] += support[step * kStates + s];
      top = std::max(top, static_cast<double>(support[step * kStates + s]));
    }
    best_each += top;
  }
  const double steadiness = *std::max_element(whole.begin(), whole.end()) / best_each;
  const double song_weight = 0.7 * std::clamp((steadiness - 0.45) / 0.3, 0.0, 1.0);
  for (std::size_t cell = 0; cell < score.size(); ++cell) {
    score[cell] += static_cast<float>(song_weight * whole[cell % kStates] / static_cast<double>(steps));
  }

  // Best path. A step of 1/60 octave in half a second costs little; larger ones grow with the square up to a
  // limit.
  constexpr int kReach = 12;
  std::array<float, kReach + 1> cost;
  for (int d = 0; d <= kReach; ++d)
    cost[static_cast<std::size_t>(d)] =
        std::min(0.02f * static_cast<float>(d * d), 0.05f + 0.06f * static_cast<float>(d));
  constexpr float kJump = 3.0f;
  std::vector<float> best(score.begin(), score.begin() + kStates), next(kStates);
  std::vector<std::uint8_t> from(steps * kStates, 0);
  for (std::size_t step = 1; step < steps; ++step) {
    const auto top = static_cast<int>(std::max_element(best.begin(), best.end()) - best.begin());
    for (int s = 0; s < kStates; ++s) {
      float value = best[static_cast<std::size_t>(top)] - kJump;
      int source = top;
      for (int q = std::max(0, s - kReach); q <= std::min(kStates - 1, s + kReach); ++q) {
        const float v = best[static_cast<std::size_t>(q)] - cost[static_cast<std::size_t>(std::abs(q - s))];
        if (v > value) {
          value = v;
          source = q;
        }
      }
      const std::size_t cell = step * kStates + static_cast<std::size_t>(s);
      next[static_cast<std::size_t>(s)] = value + score[cell];
      from[cell] = static_cast<std::uint8_t>(source);
    }
    best.swap(next);
  }
  TempoCurve curve;
  curve.bpm.resize(steps);
  auto state = static_cast<int>(std::max_element(best.begin(), best.end()) - best.begin());
  double strength = 0;
  for (std::size_t step = steps; step-- > 0;) {
    const float* row = score.data() + step * kStates;
    // Between the states: parabola through the neighbours, where the state is a peak.
    double shift = 0;
    if (state > 0 && state + 1 < kStates) {
      const double a = row[state - 1], b = row[state], c = row[state + 1], bend = a - 2 * b + c;
      if (bend < -1e-6) shift = std::clamp(0.5 * (a - c) / bend, -0.5, 0.5);
    }
    curve.bpm[step] = std::clamp(kMinBpm * std::exp2((state + shift) / kPerOctave), kMinBpm, kMaxBpm);
    strength += support[step * kStates + static_cast<std::size_t>(state)];
    state = from[step * kStates + static_cast<std::size_t>(state)];
  }
  curve.strength = std::clamp(strength / static_cast<double>(steps), 0.0, 1.0);
  return curve;
}

}  // namespace terpsi::audio
