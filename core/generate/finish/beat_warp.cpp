#include "generate/finish/beat_warp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/curves.h"

namespace terpsi::generate {
namespace {

constexpr double kSigma = 5.0 / 60;                         // seconds, the smoothing of the beat align score
constexpr double kSmoothReach = 2 * kSigma;                 // seconds
constexpr double kShortestEase = 0.28, kLongestEase = 1.4;  // seconds between beats that are eased
constexpr double kClosestTargets = 0.3;                     // seconds
constexpr int kRounds = 4;                                  // refinements of an offset
constexpr double kWorthwhile = 0.004;                       // seconds a refinement must gain

// Index of the last element <= t, or -1.
std::ptrdiff_t segment(const std::vector<double>& ascending, double t) {
  return std::upper_bound(ascending.begin(), ascending.end(), t) - ascending.begin() - 1;
}

// The search for one beat's offset, given all earlier ones.
class Snapper {
 public:
  Snapper(std::span<const double> speed, double fps, BeatWarp& warp)
      : speed_(speed), fps_(fps), warp_(warp) {}

  // Sets offsets[k] so that the most salient speed minimum within `reach` of knot k falls on it; 0 if there
  // is none.
  void snap(std::size_t k, double reach) {
    const double beat = warp_.knots[k];
    double wanted = 0, best = 0, best_distance = HUGE_VAL;
    for (int round = 0; round < kRounds; ++round) {
      const double minimum = find_minimum(beat, reach, round == 0);
      if (std::isnan(minimum) || std::abs(minimum - beat) > best_distance - kWorthwhile) break;
      best = warp_.offsets[k];
      best_distance = std::abs(minimum - beat);
      wanted += warp_.snap(minimum) - warp_.snap(beat);
      warp_.offsets[k] = limited(k, wanted);
    }
    warp_.offsets[k] = best;
  }

 private:
  // Speed at a source time, linear between frames; value i belongs to the middle of frames i and i + 1.
  double source_speed(double t) const {
    const double x = std::clamp(t * fps_ - 0.5, 0.0, static_cast<double>(speed_.size() - 1));
    const auto i = static_cast<std::size_t>(x);
    const std::size_t j = std::min(i + 1, speed_.size() - 1);
    const double u = x - static_cast<double>(i);
    return (1 - u) * speed_[i] + u * speed_[j];
  }

  // Speed at an output time, as it will be measured: displacement over one frame around it.
  double output_speed(double t) const {
    const double half = 0.5 / fps_;
    const double a = warp_.source_time(t - half), b = warp_.source_time(t + half);
    return source_speed(0.5 * (a + b)) * (b - a) * fps_;
  }

  // Time of a strict local minimum of the smoothed output speed within `reach` of `beat`: the most salient
  // one, or the nearest. NaN if there is none.
  double find_minimum(double beat, double reach, bool salient) {
    const double step = 1 / fps_;
    const int half = static_cast<int>(std::ceil(reach / step)) + 1;
    const int smooth = static_cast<int>(std::floor(kSmoothReach / step));
    raw_.clear();
    for (int i = -half - smooth; i <= half + smooth; ++i) raw_.push_back(output_speed(beat + i * step));
    smoothed_.clear();
    for (int i = -half; i <= half; ++i) {
      double sum = 0, weights = 0;
      for (int j = -smooth; j <= smooth; ++j) {
        const double w = std::exp(-0.5 * (j * step / kSigma) * (j * step / kSigma));
        sum += w * raw_[static_cast<std::size_t>(i + j + half + smooth)];
        weights += w;
      }
      smoothed_.push_back(sum / weights);
    }
    double best = std::nan(""), best_score = -HUGE_VAL;
    for (std::size_t i = 1; i + 1 < smoothed_.size(); ++i) {
      const double a = smoothed_[i - 1], b = smoothed_[i], c = smoothed_[i + 1];
      if (!(b < a && b < c)) continue;
      const double t = (static_cast<double>(i) - half + 0.5 * (a - c) / (a - 2 * b + c)) * step;
      if (std::abs(t) > reach) continue;
      const double depth = 0.5 * (smoothed_.front() + smoothed_.back()) - b;
      const double score = salient ? depth - 0.3 * (std::abs(t) / reach) * std::abs(depth) : -std::abs(t);
      if (score > best_score) best = beat + t, best_score = score;
    }
    return best;
  }

  // The offset nearest to `wanted` that keeps the rate within bounds, knowing the knot before and assuming 0
  // at the knot after.
  double limited(std::size_t k, double wanted) const {
    const double faster = (kFastestRate - 1) / 1.5, slower = (1 - kSlowestRate) / 1.5;
    double low = -HUGE_VAL, high = HUGE_VAL;
    if (k > 0) {
      const double gap = warp_.knots[k] - warp_.knots[k - 1];
      low = std::max(low, warp_.offsets[k - 1] - slower * gap);
      high = std::min(high, warp_.offsets[k - 1] + faster * gap);
    }
    if (k + 1 < warp_.knots.size()) {
      const double gap = warp_.knots[k + 1] - warp_.knots[k];
      low = std::max(low, -faster * gap);
      high = std::min(high, slower * gap);
    }
    return low <= high ? std::clamp(wanted, low, high) : warp_.offsets[k];
  }

  std::span<const double> speed_;
  double fps_;
  BeatWarp& warp_;
  std::vector<double> raw_, smoothed_;
};

// Catmull-Rom through b (u = 0) and c (u = 1).
template <class V>
V cubic(const V& a, const V& b, const V& c, const V& d, float u) {
  return b + 0.5f * u * ((c - a) + u * ((2.f * a - 5.f * b + 4.f * c - d) + u * (3.f * (b - c) + d - a)));
}

motion::Frame sample(const motion::Clip& clip, double x) {
  const auto last = static_cast<std::ptrdiff_t>(clip.size()) - 1;
  x = std::clamp(x, 0.0, static_cast<double>(last));
  const auto i = static_cast<std::ptrdiff_t>(x);
  const auto u = static_cast<float>(x - static_cast<double>(i));
  const auto at = [&](std::ptrdiff_t k) -> const motion::Frame& {
    return clip.frames[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(k, 0, last))];
  };
  const motion::Frame &a = at(i - 1), &b = at(i), &c = at(i + 1), &d = at(i + 2);
  if (u == 0.f) return b;
  motion::Frame out;
  out.root = cubic<motion::Vec3>(a.root, b.root, c.root, d.root, u);
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    const Eigen::Vector4f q = b.rotations[j].coeffs();
    const auto near = [&](const motion::Quat& r) -> Eigen::Vector4f {
      return r.coeffs().dot(q) < 0.f ? Eigen::Vector4f(-r.coeffs()) : Eigen::Vector4f(r.coeffs());
    };
    const Eigen::Vector4f mixed =
        cubic<Eigen::Vector4f>(near(a.rotations[j]), q, near(c.rotations[j]), near(d.rotations[j]), u);
    out.rotations[j] =
        mixed.norm() > 1e-3f ? motion::Quat(Eigen::Vector4f(mixed.normalized())) : b.rotations[j];
  }
  for (std::size_t k = 0; k < motion::kContacts; ++k) {
    out.contacts[k] = b.contacts[k] + u * (c.contacts[k] - b.contacts[k]);
  }
  return out;
}

// Knots on the targets, with further ones (offset 0) before the first, after the last and where they are far
// apart.
void place_knots(BeatWarp& warp) {
  warp.knots = {0.0};
  warp.may_move = {false};
  for (double beat : warp.beats) {
    const double from = warp.knots.back();
    if (!(beat > from + 0.02)) continue;
    const int parts = std::max(1, static_cast<int>(std::ceil((beat - from) / kLongestKnotGap)));
    for (int i = 1; i <= parts; ++i) {
      warp.knots.push_back(i == parts ? beat : from + (beat - from) * i / parts);
      warp.may_move.push_back(i == parts);
    }
  }
  warp.knots.push_back(warp.knots.back() + kLongestKnotGap);
  warp.may_move.push_back(false);
  warp.offsets.assign(warp.knots.size(), 0.0);
}

}  // namespace

double BeatWarp::ease(double t) const {
  const std::ptrdiff_t i = segment(beats, t);
  if (amplitude == 0.f || i < 0 || i + 1 >= static_cast<std::ptrdiff_t>(beats.size())) return t;
  const double from = beats[static_cast<std::size_t>(i)], gap = beats[static_cast<std::size_t>(i) + 1] - from;
  if (gap < kShortestEase || gap > kLongestEase) return t;
  const double turn = 2 * std::numbers::pi;
  return t - static_cast<double>(amplitude) * gap / turn * std::sin(turn * (t - from) / gap);
}

double BeatWarp::strike(double t) const {
  const auto after = std::upper_bound(hits.begin(), hits.end(), t - kStrikeReach);
  if (after == hits.end() || *after >= t + kStrikeReach) return t;
  const double u = t - *after, v = u / kStrikeReach;
  return t - static_cast<double>(hit) * u * (1 - v * v) * (1 - v * v);
}

double BeatWarp::snap(double t) const {
  const std::ptrdiff_t i = segment(knots, t);
  if (i < 0 || i + 1 >= static_cast<std::ptrdiff_t>(knots.size())) return t;
  const auto k = static_cast<std::size_t>(i);
  const double u = (t - knots[k]) / (knots[k + 1] - knots[k]);
  return t + offsets[k] + (offsets[k + 1] - offsets[k]) * smoothstep(u);
}

std::vector<double> warp_targets(const std::vector<double>& beats, const std::vector<double>& dance_beats) {
  std::vector<double> out = beats;
  for (double t : dance_beats) {
    const auto after = std::lower_bound(beats.begin(), beats.end(), t);
    const bool clear = (after == beats.end() || *after - t >= kClosestTargets) &&
                       (after == beats.begin() || t - *(after - 1) >= kClosestTargets);
    if (clear) out.push_back(t);
  }
  std::sort(out.begin(), out.end());
  return out;
}

BeatWarp find_beat_warp(std::span<const double> speed, double fps, const std::vector<double>& targets,
                        float amplitude) {
  BeatWarp warp;
  if (speed.size() < 4 || targets.empty()) return warp;
  warp.beats = targets;
  warp.amplitude = std::clamp(amplitude, 0.f, 0.8f);
  place_knots(warp);
  const double end = static_cast<double>(speed.size()) / fps;
  Snapper snapper(speed, fps, warp);
  for (std::size_t k = 1; k + 1 < warp.knots.size() && warp.knots[k] + kSnapLookahead <= end; ++k) {
    const double gap = std::min(warp.knots[k] - warp.knots[k - 1], warp.knots[k + 1] - warp.knots[k]);
    if (warp.may_move[k]) snapper.snap(k, std::min(kSnapReach, 0.32 * gap));
  }
  return warp;
}

motion::Clip warped(const motion::Clip& clip, const BeatWarp& warp) {
  motion::Clip out;
  out.fps = clip.fps;
  out.frames.reserve(clip.size());
  const auto fps = static_cast<double>(clip.fps);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    out.frames.push_back(sample(clip, warp.source_time(static_cast<double>(i) / fps) * fps));
  }
  return out;
}

}  // namespace terpsi::generate
