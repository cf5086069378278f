#include "generate/constrain/blend_state.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/curves.h"
#include "base/statistics.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat, motion::Vec3;
using Vec = Eigen::Vector3d;

constexpr double kJerkShare = 0.5;  // of the dance's mean jerk that a fade may have at its ends ...
constexpr double kLeastBudget = 15, kMostBudget = 150;  // ... within these bounds, m/s^3

double mean_jerk(const motion::JointPositions& a, const motion::JointPositions& b,
                 const motion::JointPositions& c, const motion::JointPositions& d) {
  double sum = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    sum += static_cast<double>((d[j] - 3 * c[j] + 3 * b[j] - a[j]).norm());
  }
  return sum / motion::kJoints * limits::kFps * limits::kFps * limits::kFps;
}

}  // namespace

BlendState::BlendState(motion::Clip& clip_, const Constraints& constraints_)
    : clip(clip_),
      dance(clip_),
      constraints(constraints_),
      demands(generate::demands(constraints_, clip_.size())),
      frames(clip_.size()),
      budget(std::clamp(kJerkShare * mean(joint_jerk(dance)), kLeastBudget, kMostBudget)),
      pose_reach(frames, 0) {
  for (const KeptRange& range : constraints.kept) spans.push_back(frames_of(range, frames));
}

bool demanded(const BlendState& s, std::size_t frame, std::size_t joint) {
  return (s.demands.joints[frame] >> joint & 1u) != 0;
}

int keeper(const BlendState& s, std::size_t frame, std::size_t joint) {
  for (std::size_t r = 0; r < s.spans.size(); ++r) {
    if (frame >= s.spans[r].begin && frame < s.spans[r].end &&
        (s.constraints.kept[r].joints >> joint & 1u) != 0) {
      return static_cast<int>(r);
    }
  }
  return -1;
}

Eigen::Vector3d unwrapped(const Eigen::Vector3d& v, const Eigen::Vector3d& reference) {
  const double angle = v.norm(), turn = 2 * std::numbers::pi;
  if (angle < 1e-9) {
    // A whole turn about the reference's axis is the same rotation.
    const double size = reference.norm();
    return size > 0.75 * turn ? Vec(reference * (std::round(size / turn) * turn / size)) : v;
  }
  const Vec axis = v / angle;
  return axis * (angle + turn * std::round((axis.dot(reference) - angle) / turn));
}

Vec offset_of(const Quat& target, const Quat& base) {
  return motion::rotation_vector(target.cast<double>() * base.cast<double>().conjugate());
}

Quat moved(const Quat& base, const Vec& offset) {
  const Quat q = (motion::from_rotation_vector(offset) * base.cast<double>()).normalized().cast<float>();
  return motion::same_hemisphere(q, base);
}

double fade_seconds(double metres, double budget) {
  return std::clamp(std::cbrt(60 * metres / budget), kShortestFade, kLongestFade);
}

double pose_distance(const Frame& a, const Frame& b) {
  const auto p = motion::joint_positions(a), q = motion::joint_positions(b);
  Vec3 apart = b.root - a.root;
  apart.y() = 0;
  float most = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (q[j] - p[j] - apart).norm());
  return static_cast<double>(most);
}

std::vector<double> joint_jerk(const motion::Clip& clip) {
  const auto p = motion::joint_positions(clip);
  std::vector<double> out;
  for (std::size_t f = 0; f + 3 < p.size(); ++f) out.push_back(mean_jerk(p[f], p[f + 1], p[f + 2], p[f + 3]));
  return out;
}

std::vector<double> smooth(const std::vector<double>& values, double sigma) {
  const auto reach = static_cast<std::ptrdiff_t>(3 * sigma),
             last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  const std::vector<double> kernel = gaussian_kernel(sigma, reach);
  std::vector<double> out(values.size());
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    double sum = 0, total = 0;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      const std::ptrdiff_t j = i + k;
      const auto value = [&](std::ptrdiff_t n) {
        return values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(n, 0, last))];
      };
      const double v = j < 0      ? 2 * value(0) - value(-j)
                       : j > last ? 2 * value(last) - value(2 * last - j)
                                  : value(j);
      const double w = kernel[static_cast<std::size_t>(k + reach)];
      sum += w * v;
      total += w;
    }
    out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

void rest_far_away(LeastJerk& curve, const std::vector<std::size_t>& reach) {
  std::vector<std::uint8_t> near(curve.frames, 0);
  for (std::size_t f = 0; f < curve.frames; ++f) {
    if (!curve.given[f] || reach[f] == 0) continue;
    // Up to the next given frame is enough, and keeps this linear.
    for (std::size_t k = 1; k <= reach[f] && f + k < curve.frames && !curve.given[f + k]; ++k)
      near[f + k] = 1;
    for (std::size_t k = 1; k <= reach[f] && k <= f && !curve.given[f - k]; ++k) near[f - k] = 1;
  }
  for (std::size_t f = 0; f < curve.frames; ++f) {
    if (!curve.given[f] && !near[f]) curve.given[f] = 1;
  }
}

}  // namespace terpsi::generate
