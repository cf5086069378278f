#include "audio/count/tempo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "audio/dot.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

constexpr int kPerOctave = 60;               // tempo states
constexpr int kTempoStates = 156;            // 40 to 239.9 BPM
constexpr int kWindow = 8 * kOnsetRate;      // frames
constexpr int kMaxLag = 4 * kOnsetRate + 2;  // frames

double state_bpm(int state) {
  return kMinBpm * std::exp2(static_cast<double>(state) / kPerOctave);
}

double root_mean_square(std::span<const float> x) {
  double sum = 0;
  for (float v : x) sum += static_cast<double>(v) * v;
  return x.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(x.size()));
}

struct Tempogram {
  std::size_t steps = 0;
  std::vector<float> support;  // steps x kTempoStates: normalised autocorrelation, mean over 1 to 4 periods
  std::vector<float> score;    // support plus priors

  std::size_t cell(std::size_t step, int state) const {
    return step * kTempoStates + static_cast<std::size_t>(state);
  }
};

// Autocorrelation of a signal in Hann windows, up to kMaxLag.
class WindowedAutocorrelation {
 public:
  WindowedAutocorrelation() : hann_(kWindow), fade_(kMaxLag + 1), frame_(kWindow) {
    for (int i = 0; i < kWindow; ++i) {
      hann_[static_cast<std::size_t>(i)] =
          static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * (i + 0.5) / kWindow));
    }
    for (int lag = 0; lag <= kMaxLag; ++lag) {
      fade_[static_cast<std::size_t>(lag)] =
          static_cast<double>(
              dot(hann_.data(), hann_.data() + lag, static_cast<std::size_t>(kWindow - lag))) /
          kWindow;
    }
    for (int lag = kMaxLag; lag >= 0; --lag) fade_[static_cast<std::size_t>(lag)] /= fade_[0];
  }

  // Of x, less its mean, in the window that begins at index `first`, normalised by power and by the window's
  // own autocorrelation. x is 0 outside its range. acf: kMaxLag + 1 values.
  void apply(std::span<const float> x, std::ptrdiff_t first, std::vector<double>& acf) {
    const auto n = static_cast<std::ptrdiff_t>(x.size());
    double mean = 0, weight = 0;
    for (int i = 0; i < kWindow; ++i) {
      const std::ptrdiff_t t = first + i;
      const bool inside = t >= 0 && t < n;
      frame_[static_cast<std::size_t>(i)] = inside ? x[static_cast<std::size_t>(t)] : 0.0f;
      if (inside) {
        mean += static_cast<double>(hann_[static_cast<std::size_t>(i)]) * frame_[static_cast<std::size_t>(i)];
        weight += hann_[static_cast<std::size_t>(i)];
      }
    }
    mean /= std::max(1e-9, weight);
    for (int i = 0; i < kWindow; ++i) {
      const std::ptrdiff_t t = first + i;
      const auto at = static_cast<std::size_t>(i);
      frame_[at] = t >= 0 && t < n ? (frame_[at] - static_cast<float>(mean)) * hann_[at] : 0.0f;
    }
    const double energy = dot(frame_.data(), frame_.data(), kWindow);
    // 2 % of the song's mean power: near silence is no evidence.
    const double floor = 0.02 * 0.375 * kWindow;
    for (int lag = 0; lag <= kMaxLag; ++lag) {
      acf[static_cast<std::size_t>(lag)] =
          dot(frame_.data(), frame_.data() + lag, static_cast<std::size_t>(kWindow - lag)) /
          (energy + floor) / fade_[static_cast<std::size_t>(lag)];
    }
  }

 private:
  std::vector<float> hann_;
  std::vector<double> fade_;  // autocorrelation of the window, 1 at lag 0
  std::vector<float> frame_;
};

Tempogram make_tempogram(std::span<const float> pulse) {
  Tempogram g;
  g.steps = pulse.size() / kTempoHop + 1;
  g.support.resize(g.steps * kTempoStates);
  g.score.resize(g.steps * kTempoStates);
  WindowedAutocorrelation autocorrelation;
  std::vector<double> acf(kMaxLag + 1);
  for (std::size_t step = 0; step < g.steps; ++step) {
    autocorrelation.apply(pulse, static_cast<std::ptrdiff_t>(step) * kTempoHop - kWindow / 2, acf);
    for (int s = 0; s < kTempoStates; ++s) {
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
      g.support[g.cell(step, s)] = static_cast<float>(sum / weights);
      g.score[g.cell(step, s)] = static_cast<float>(sum / weights - 0.15 * octaves * octaves);
    }
  }
  return g;
}

// Adds the mean support over the song as a prior, so that a steady song keeps one metrical level throughout.
// Its weight grows with the share of the best support of each step that a single tempo attains over the whole
// song.
void add_song_prior(Tempogram& g) {
  std::vector<double> whole(kTempoStates, 0.0);
  double best_each = 1e-9;
  for (std::size_t step = 0; step < g.steps; ++step) {
    double top = 0;
    for (std::size_t s = 0; s < kTempoStates; ++s) {
      whole[s] += g.support[step * kTempoStates + s];
      top = std::max(top, static_cast<double>(g.support[step * kTempoStates + s]));
    }
    best_each += top;
  }
  const double steadiness = *std::max_element(whole.begin(), whole.end()) / best_each;
  const double song_weight = 0.7 * std::clamp((steadiness - 0.45) / 0.3, 0.0, 1.0);
  for (std::size_t cell = 0; cell < g.score.size(); ++cell) {
    g.score[cell] +=
        static_cast<float>(song_weight * whole[cell % kTempoStates] / static_cast<double>(g.steps));
  }
}

// Viterbi path, one state per step. A change by d states (d / 60 octave in 0.5 s) costs min(0.02 d^2, 0.05 +
// 0.06 d), a change by more than kMostStates states kJump.
std::vector<int> best_path(const Tempogram& g) {
  constexpr int kMostStates = 12;
  constexpr float kJump = 3.0f;
  std::array<float, kMostStates + 1> cost;
  for (int d = 0; d <= kMostStates; ++d)
    cost[static_cast<std::size_t>(d)] =
        std::min(0.02f * static_cast<float>(d * d), 0.05f + 0.06f * static_cast<float>(d));
  std::vector<float> best(g.score.begin(), g.score.begin() + kTempoStates), next(kTempoStates);
  std::vector<std::uint8_t> from(g.steps * kTempoStates, 0);
  for (std::size_t step = 1; step < g.steps; ++step) {
    const auto top = static_cast<int>(std::max_element(best.begin(), best.end()) - best.begin());
    for (int s = 0; s < kTempoStates; ++s) {
      float value = best[static_cast<std::size_t>(top)] - kJump;
      int source = top;
      for (int q = std::max(0, s - kMostStates); q <= std::min(kTempoStates - 1, s + kMostStates); ++q) {
        const float v = best[static_cast<std::size_t>(q)] - cost[static_cast<std::size_t>(std::abs(q - s))];
        if (v > value) {
          value = v;
          source = q;
        }
      }
      next[static_cast<std::size_t>(s)] = value + g.score[g.cell(step, s)];
      from[g.cell(step, s)] = static_cast<std::uint8_t>(source);
    }
    best.swap(next);
  }
  std::vector<int> path(g.steps);
  path.back() = static_cast<int>(std::max_element(best.begin(), best.end()) - best.begin());
  for (std::size_t step = g.steps; step-- > 1;) path[step - 1] = from[g.cell(step, path[step])];
  return path;
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
  return quantile(bpm, 0.5);
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
  Tempogram g = make_tempogram(pulse);
  add_song_prior(g);
  const std::vector<int> path = best_path(g);
  TempoCurve curve;
  curve.bpm.resize(g.steps);
  double strength = 0;
  for (std::size_t step = g.steps; step-- > 0;) {
    const int state = path[step];
    const float* row = g.score.data() + step * kTempoStates;
    // Parabolic interpolation where the state is a peak.
    double shift = 0;
    if (state > 0 && state + 1 < kTempoStates) {
      const double a = row[state - 1], b = row[state], c = row[state + 1], bend = a - 2 * b + c;
      if (bend < -1e-6) shift = std::clamp(0.5 * (a - c) / bend, -0.5, 0.5);
    }
    curve.bpm[step] = std::clamp(kMinBpm * std::exp2((state + shift) / kPerOctave), kMinBpm, kMaxBpm);
    strength += g.support[g.cell(step, state)];
  }
  curve.strength = std::clamp(strength / static_cast<double>(g.steps), 0.0, 1.0);
  return curve;
}

}  // namespace terpsi::audio
