#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/monotone_cubic.h"
#include "generate/constrain/blend_steps.h"
#include "motion/heading.h"

namespace terpsi::generate {
namespace {

using motion::Quat;
using Vec = Eigen::Vector3d;

// rad/s, the fastest that a heading fades unless it would take kLongestPlaceFade.
constexpr double kTurnSpeed = 1.5;

}  // namespace

void follow_headings(BlendState& s) {
  std::vector<double> times, yaws;
  for (const PathPoint& p : s.constraints.path) {
    if (!p.yaw) continue;
    times.push_back(static_cast<double>(std::min(to_frame(p.time), s.frames - 1)));
    double yaw = static_cast<double>(*p.yaw);
    if (!yaws.empty()) yaw = yaws.back() + std::remainder(yaw - yaws.back(), 2 * std::numbers::pi);
    yaws.push_back(yaw);
  }
  if (times.empty()) return;
  std::vector<double> heading(s.frames);
  for (std::size_t f = 0; f < s.frames; ++f) {
    const double h = motion::heading_of(s.dance.frames[f].rotations[motion::kPelvis]);
    heading[f] = f == 0 ? h : heading[f - 1] + std::remainder(h - heading[f - 1], 2 * std::numbers::pi);
  }
  const std::vector<double> slow = smooth(heading, kSwaySigma);
  const auto first = static_cast<std::size_t>(times.front()), last = static_cast<std::size_t>(times.back());
  const double whole = 2 * std::numbers::pi;
  const double shift = whole * std::round((heading[first] - yaws.front()) / whole);
  for (double& y : yaws) y += shift;
  const MonotoneCubic path(times, yaws);

  LeastJerk curve(s.frames, 1);
  const auto reach = [&](double offset) {
    return to_frame(std::clamp(
        std::max(fade_seconds(0.4 * std::abs(offset), s.budget), 1.875 * std::abs(offset) / kTurnSpeed),
        kShortestFade, kLongestPlaceFade));
  };
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto f = static_cast<std::size_t>(times[k]);
    curve.given[f] = 1;
    curve.at(f, 0) = yaws[k] - heading[f];
  }
  // Far before and after, the dance faces where it did: a whole number of turns away.
  const double end_turns = whole * std::round(curve.at(last, 0) / whole);
  const std::size_t before = reach(curve.at(first, 0)), after = reach(curve.at(last, 0) - end_turns);
  curve.pull.assign(s.frames, 0.0);
  curve.wanted.assign(s.frames, 0.0);
  for (std::size_t f = 0; f < s.frames; ++f) {
    if (f + before < first || f > last + after) {
      curve.given[f] = 1;
      curve.at(f, 0) = f > last ? end_turns : 0;
    } else if (f > first && f < last && !curve.given[f]) {
      curve.pull[f] = kPathPull;
      curve.wanted[f] = path(static_cast<double>(f)) - slow[f];
    }
  }
  solve(curve);
  for (std::size_t f = 0; f < s.frames; ++f) {
    Quat& q = s.clip.frames[f].rotations[motion::kPelvis];
    if (curve.at(f, 0) != 0) q = moved(q, Vec(0, curve.at(f, 0), 0));
  }
}

}  // namespace terpsi::generate
