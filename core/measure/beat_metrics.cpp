#include "measure/beat_metrics.h"

#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "base/statistics.h"
#include "motion/smoothing.h"

namespace terpsi::measure {

namespace {

constexpr double kSmoothSigma = 5.0 / 60;                  // seconds
constexpr double kRefSmoothSigma = 5, kRefScoreSigma = 3;  // frames
constexpr double kMatchWindow = 0.070, kRhythmWindow = 0.100;
constexpr int kDraws = 40;
constexpr double kShiftFrom = 0.15, kShiftTo = 0.85;

// Gaussian smoothing, the ends mirrored with the edge value repeated (d c b a | a b c d | d c b a).
std::vector<double> smoothed(const std::vector<double>& values, double sigma) {
  const auto n = static_cast<std::ptrdiff_t>(values.size());
  const std::vector<double> kernel = gaussian_kernel(sigma, static_cast<std::ptrdiff_t>(4 * sigma + 0.5));
  return motion::kernel_mean(values.size(), kernel, 0.0, [&](std::ptrdiff_t i) {
    std::ptrdiff_t j = i % (2 * n);
    if (j < 0) j += 2 * n;
    if (j >= n) j = 2 * n - 1 - j;
    return values[static_cast<std::size_t>(j)];
  });
}

// Distance to the nearest of the ascending times; infinite if there are none.
double nearest(std::span<const double> times, double t) {
  const auto after = std::lower_bound(times.begin(), times.end(), t);
  double best = INFINITY;
  if (after != times.end()) best = *after - t;
  if (after != times.begin()) best = std::min(best, t - *(after - 1));
  return best;
}

// Times of the strict local extrema that lie beyond the mean: maxima for sign 1, minima for sign -1.
std::vector<double> salient(const std::vector<double>& speed, double sign, double fps) {
  double mean = 0;
  for (const double v : speed) mean += v / static_cast<double>(speed.size());
  std::vector<double> out;
  for (std::size_t i = 1; i + 1 < speed.size(); ++i)
    if (sign * (speed[i] - speed[i - 1]) > 0 && sign * (speed[i] - speed[i + 1]) > 0 &&
        sign * (speed[i] - mean) > 0)
      out.push_back(static_cast<double>(i) / fps);
  return out;
}

double mean_distance(const std::vector<double>& points, std::span<const double> beats) {
  double sum = 0;
  for (const double t : points) sum += nearest(beats, t) / static_cast<double>(points.size());
  return sum;
}

// Times of the strict local minima of the smoothed mean joint speed; `sigma` in frames.
std::vector<double> speed_minima(std::span<const motion::JointPositions> joints, double fps, double sigma) {
  std::vector<double> beats;
  if (joints.size() < 4 || !(fps > 0)) return beats;
  const std::vector<double> speed = smoothed(mean_joint_speed(joints, fps), sigma);
  for (std::size_t i = 1; i + 1 < speed.size(); ++i)
    if (speed[i] < speed[i - 1] && speed[i] < speed[i + 1]) beats.push_back(static_cast<double>(i) / fps);
  return beats;
}

// The times, moved by `shift`, that then lie within 0 to `end`; ascending.
std::vector<double> within(std::span<const double> times, double shift, double end) {
  std::vector<double> out;
  for (const double t : times)
    if (t + shift >= 0 && t + shift <= end) out.push_back(t + shift);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<double> mean_joint_speed(std::span<const motion::JointPositions> joints, double fps) {
  std::vector<double> speed;
  for (std::size_t i = 0; i + 1 < joints.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      sum += static_cast<double>((joints[i + 1][j] - joints[i][j]).norm());
    speed.push_back(sum / motion::kJoints * fps);
  }
  return speed;
}

std::vector<double> dance_beats(std::span<const motion::JointPositions> joints, double fps) {
  return speed_minima(joints, fps, kSmoothSigma * fps);
}

std::vector<double> dance_beats_ref(std::span<const motion::JointPositions> joints, double fps) {
  return speed_minima(joints, fps, kRefSmoothSigma);
}

double beat_align_score(std::span<const double> music_beats, std::span<const double> dance_beats,
                        double sigma) {
  if (music_beats.empty() || dance_beats.empty()) return 0;
  double sum = 0;
  for (const double t : music_beats) {
    const double d = nearest(dance_beats, t) / sigma;
    sum += std::exp(-0.5 * d * d);
  }
  return sum / static_cast<double>(music_beats.size());
}

BeatMetrics beat_metrics(std::span<const motion::JointPositions> joints, double fps,
                         std::span<const double> music_beats) {
  BeatMetrics out;
  if (joints.size() < 3 || !(fps > 0)) return out;
  const double end = static_cast<double>(joints.size() - 1) / fps;
  const std::vector<double> music = within(music_beats, 0, end), dance = dance_beats(joints, fps);
  out.music_beats = static_cast<int>(music.size());
  out.dance_beats = static_cast<int>(dance.size());
  if (music.empty()) return out;
  out.score = beat_align_score(music, dance);
  out.score_ref = beat_align_score(music, dance_beats_ref(joints, fps), kRefScoreSigma / fps);

  std::vector<double> periods;
  for (std::size_t i = 1; i < music.size(); ++i) periods.push_back(music[i] - music[i - 1]);
  const double period = median(periods);
  for (int k = 0; k < kDraws; ++k) {
    const double share = kShiftFrom + (kShiftTo - kShiftFrom) * (k + 0.5) / kDraws;
    out.chance += beat_align_score(within(music_beats, share * period, end), dance) / kDraws;
  }
  out.excess = out.score - out.chance;

  int matched = 0, near = 0;
  for (std::size_t m = 0, d = 0; m < music.size() && d < dance.size();) {
    if (dance[d] < music[m] - kMatchWindow)
      ++d;
    else if (dance[d] > music[m] + kMatchWindow)
      ++m;
    else
      ++matched, ++m, ++d;
  }
  std::vector<double> offsets;
  for (const double t : music) {
    const double d = nearest(dance, t);
    if (d <= kRhythmWindow) ++near;
    if (std::isfinite(d)) offsets.push_back(d);
  }
  const double music_count = static_cast<double>(music.size());
  out.recall = matched / music_count;
  out.precision = dance.empty() ? 0 : matched / static_cast<double>(dance.size());
  out.f1 = matched == 0 ? 0 : 2 * out.precision * out.recall / (out.precision + out.recall);
  out.rhythm_alignment = near / music_count;
  out.sync_error = median(offsets);
  const std::vector<double> speed = smoothed(mean_joint_speed(joints, fps), kSmoothSigma * fps);
  out.alignment_error = mean_distance(salient(speed, -1, fps), music);
  out.alignment_error_ref = mean_distance(salient(speed, 1, fps), music);
  return out;
}

}  // namespace terpsi::measure
