#include "audio/count/beat.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "audio/count/beat_smoothing.h"

namespace terpsi::audio {
namespace {

constexpr int kFine = 2;                          // search steps per onset frame
constexpr double kFineRate = kFine * kOnsetRate;  // 180 Hz
constexpr double kTightness = 300;  // cost of a beat period, per squared log ratio to the tempo's
constexpr double kReach = 1.22;     // largest ratio of the two

// Value of x at fractional index, 0 outside.
double interpolate(std::span<const float> x, double at) {
  if (at < 0 || at > static_cast<double>(x.size()) - 1) return 0;
  const auto k = static_cast<std::size_t>(at);
  const double mix = at - static_cast<double>(k);
  return k + 1 < x.size() ? x[k] + mix * (x[k + 1] - x[k]) : x[k];
}

// Largest value within +-reach seconds of a time.
double peak_near(std::span<const float> x, double seconds, double reach) {
  const auto last = static_cast<std::ptrdiff_t>(x.size()) - 1;
  const auto from = static_cast<std::ptrdiff_t>(std::ceil((seconds - reach) * kOnsetRate));
  const auto to = static_cast<std::ptrdiff_t>(std::floor((seconds + reach) * kOnsetRate));
  double top = 0;
  for (std::ptrdiff_t t = std::max<std::ptrdiff_t>(0, from); t <= std::min(last, to); ++t) {
    top = std::max(top, static_cast<double>(x[static_cast<std::size_t>(t)]));
  }
  return top;
}

// How much brightness alternates from beat to beat (kick, snare, kick, snare), 0 to 1: half the difference of
// its autocorrelation at two beats and at one.
double backbeat(const std::vector<double>& bright) {
  if (bright.size() < 8) return 0;
  double mean = 0, variance = 0, one = 0, two = 0;
  for (double v : bright) mean += v;
  mean /= static_cast<double>(bright.size());
  for (double v : bright) variance += (v - mean) * (v - mean);
  for (std::size_t k = 0; k + 2 < bright.size(); ++k) {
    one += (bright[k] - mean) * (bright[k + 1] - mean);
    two += (bright[k] - mean) * (bright[k + 2] - mean);
  }
  const double floor = 0.02 * mean * mean * static_cast<double>(bright.size());
  return std::clamp(0.5 * (two - one) / (variance + floor + 1e-12), 0.0, 1.0);
}

double log_prior(double bpm) {
  const double octaves = std::log2(bpm / 118.0);
  return -0.5 * octaves * octaves / (0.55 * 0.55);
}

}  // namespace

std::vector<double> track_beats(std::span<const float> pulse, const TempoCurve& tempo, double factor) {
  if (pulse.empty()) return {};
  const auto n = static_cast<std::ptrdiff_t>(pulse.size()) * kFine;
  std::vector<float> reward(static_cast<std::size_t>(n));
  for (std::ptrdiff_t t = 0; t < n; ++t) {
    reward[static_cast<std::size_t>(t)] =
        static_cast<float>(interpolate(pulse, static_cast<double>(t) / kFine));
  }
  std::vector<double> score(static_cast<std::size_t>(n));
  std::vector<std::int32_t> previous(static_cast<std::size_t>(n), -1);
  std::vector<double> cost;
  double cost_period = -1;
  std::ptrdiff_t shortest = 1;
  for (std::ptrdiff_t t = 0; t < n; ++t) {
    const double period = kFineRate * 60.0 / (factor * tempo.at(static_cast<double>(t) / kFineRate));
    if (t % (kFine * 9) == 0 && period != cost_period) {  // every 0.1 s
      cost_period = period;
      shortest = static_cast<std::ptrdiff_t>(std::ceil(period / kReach));
      const auto longest = static_cast<std::ptrdiff_t>(std::floor(period * kReach));
      cost.resize(static_cast<std::size_t>(longest - shortest + 1));
      for (std::size_t i = 0; i < cost.size(); ++i) {
        const double off = std::log((static_cast<double>(shortest) + static_cast<double>(i)) / period);
        cost[i] = kTightness * off * off;
      }
    }
    double best = 0;
    std::ptrdiff_t source = -1;
    for (std::size_t i = 0; i < cost.size(); ++i) {
      const std::ptrdiff_t from = t - shortest - static_cast<std::ptrdiff_t>(i);
      if (from < 0) break;
      const double value = score[static_cast<std::size_t>(from)] - cost[i];
      if (value > best) {
        best = value;
        source = from;
      }
    }
    score[static_cast<std::size_t>(t)] = best + reward[static_cast<std::size_t>(t)];
    previous[static_cast<std::size_t>(t)] = static_cast<std::int32_t>(source);
  }
  // The path ends within the last period.
  const double last_period = kFineRate * 60.0 / (factor * tempo.bpm.back());
  std::ptrdiff_t at = n - 1;
  for (std::ptrdiff_t t = std::max<std::ptrdiff_t>(0, n - static_cast<std::ptrdiff_t>(last_period)); t < n;
       ++t) {
    if (score[static_cast<std::size_t>(t)] > score[static_cast<std::size_t>(at)]) at = t;
  }
  std::vector<double> frames;
  for (; at >= 0; at = previous[static_cast<std::size_t>(at)]) {
    frames.push_back(static_cast<double>(at) / kFine);
  }
  std::reverse(frames.begin(), frames.end());
  std::vector<double> beats = smooth_beats(pulse, frames);
  for (double& b : beats) b /= kOnsetRate;
  return beats;
}

std::vector<MetricalLevel> rank_metrical_levels(const OnsetStrength& onset, std::span<const float> pulse,
                                                const TempoCurve& tempo) {
  std::vector<MetricalLevel> levels;
  const double median = tempo.median();
  for (double factor : {1.0, 2.0, 0.5}) {
    if (factor * median < kMinBpm || factor * median > kMaxBpm) continue;
    MetricalLevel level;
    level.factor = factor;
    level.beats = track_beats(pulse, tempo, factor);
    constexpr double kNear = 0.035;
    double on = 1e-9, between = 0, even = 1e-9, odd = 1e-9;
    std::vector<double> bright;
    for (std::size_t k = 0; k + 1 < level.beats.size(); ++k) {
      const double here = level.beats[k], next = level.beats[k + 1];
      const double strength = peak_near(pulse, here, kNear);
      on += strength;
      between += peak_near(pulse, 0.5 * (here + next), kNear);
      (k % 2 == 0 ? even : odd) += strength;
      bright.push_back(peak_near(onset.mid, here, kNear) + peak_near(onset.high, here, kNear));
    }
    level.backbeat = backbeat(bright);
    level.contrast = between / on;
    level.alternation = 1 - std::min(even, odd) / std::max(even, odd);
    level.score = log_prior(factor * median) - 1.5 * level.contrast - 2.5 * level.alternation +
                  1.7 * level.backbeat * (1 - level.alternation);
    levels.push_back(std::move(level));
  }
  std::stable_sort(levels.begin(), levels.end(),
                   [](const MetricalLevel& a, const MetricalLevel& b) { return a.score > b.score; });
  return levels;
}

std::vector<double> extend_beat_grid(std::vector<double> beats, double period, double duration) {
  if (beats.empty()) beats.push_back(0.0);
  double first = period, last = period;
  if (beats.size() >= 2) {
    const std::size_t span = std::min<std::size_t>(8, beats.size() - 1);
    first = (beats[span] - beats[0]) / static_cast<double>(span);
    last = (beats.back() - beats[beats.size() - 1 - span]) / static_cast<double>(span);
  }
  std::vector<double> out;
  for (double t = beats.front() - first; t >= 0; t -= first) out.push_back(t);
  std::reverse(out.begin(), out.end());
  out.insert(out.end(), beats.begin(), beats.end());
  for (double t = beats.back() + last; t < duration; t += last) out.push_back(t);
  std::erase_if(out, [&](double t) { return t < 0 || t >= duration; });
  return out;
}

}  // namespace terpsi::audio
