#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "generate/constrain/blend_steps.h"
#include "motion/heading.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat;
using Vec = Eigen::Vector3d;

constexpr double kSlackTurn = 0.05;  // rad
// Smoothing at a keyframe: share, and standard deviation in frames.
constexpr double kCalm = 0.7, kCalmSigma = 1.5;
constexpr std::size_t kCalmEase = 10;  // frames beside a kept stretch in which it comes in

// Rotation that joint j shall have in frame f, where the demands say anything about it.
bool wanted_rotation(const BlendState& s, std::size_t f, std::size_t j, Quat& out) {
  if (demanded(s, f, j)) {
    out = s.demands.frames[f].rotations[j];
    return true;
  }
  if (j != motion::kPelvis || (s.demands.places[f] & (Demands::kHeading | Demands::kTilt)) == 0) return false;
  const Quat &now = s.clip.frames[f].rotations[j], &shall = s.demands.frames[f].rotations[j];
  out = (s.demands.places[f] & Demands::kHeading) != 0
            ? Quat(motion::turned(motion::heading_of(shall)) * motion::tilt_of(now))
            : Quat(motion::turned(motion::heading_of(now)) * shall);
  return true;
}

// The clip with less tremor where a pose is led up to: a pose that reaches farther out makes the same turns
// of the joints quicker movements. Kept joints stay as they are.
motion::Clip calmed(const BlendState& s) {
  motion::Clip out = s.clip;
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * kCalmSigma));
  const auto last = static_cast<std::ptrdiff_t>(s.frames) - 1;
  const std::vector<double> kernel = gaussian_kernel(kCalmSigma, reach);
  std::vector<double> weight(s.frames);
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    std::fill(weight.begin(), weight.end(), 0.0);
    std::vector<std::size_t> kept_distance(s.frames, kCalmEase);
    bool any = false;
    for (std::size_t f = 0; f < s.frames; ++f) {
      Quat unused;
      if (keeper(s, f, j) >= 0) kept_distance[f] = 0;
      if (f > 0) kept_distance[f] = std::min(kept_distance[f], kept_distance[f - 1] + 1);
      if (s.pose_reach[f] == 0 || kept_distance[f] == 0 || !wanted_rotation(s, f, j, unused)) continue;
      any = true;
      const std::size_t n = s.pose_reach[f];
      for (std::size_t k = f - std::min(f, n); k < std::min(s.frames, f + n + 1); ++k) {
        const double u = std::abs(static_cast<double>(k) - static_cast<double>(f)) / static_cast<double>(n);
        weight[k] = std::max(weight[k], kCalm * (1 - minimum_jerk(u)));
      }
    }
    if (!any) continue;
    for (std::size_t f = s.frames; f-- > 1;)
      kept_distance[f - 1] = std::min(kept_distance[f - 1], kept_distance[f] + 1);
    for (std::size_t f = 0; f < s.frames; ++f) {
      const double w = weight[f] * minimum_jerk(static_cast<double>(kept_distance[f]) / kCalmEase);
      if (w <= 0) continue;
      const Quat& now = s.clip.frames[f].rotations[j];
      Eigen::Vector4d sum = Eigen::Vector4d::Zero();
      for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
        const std::ptrdiff_t at = std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(f) + k, 0, last);
        const Quat q = motion::same_hemisphere(s.clip.frames[static_cast<std::size_t>(at)].rotations[j], now);
        sum += kernel[static_cast<std::size_t>(k + reach)] * q.coeffs().cast<double>();
      }
      const Eigen::Vector4d mixed = (1 - w) * now.coeffs().cast<double>() + w * sum.normalized();
      out.frames[f].rotations[j].coeffs() = mixed.normalized().cast<float>();
    }
  }
  return out;
}

}  // namespace

void bend_to_keyframes(BlendState& s) {
  // How far around each demanded frame its pose is led up to.
  s.pose_reach.assign(s.frames, 0);
  for (std::size_t f = 0; f < s.frames; ++f) {
    if (s.demands.joints[f] == 0 && s.demands.places[f] == 0) continue;
    Frame posed = s.clip.frames[f];
    bool apart = false;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      Quat q;
      if (!wanted_rotation(s, f, j, q)) continue;
      posed.rotations[j] = q;
      apart = apart || motion::angle_of(q * s.clip.frames[f].rotations[j].conjugate()) > 1e-5f;
    }
    if ((s.demands.places[f] & Demands::kY) != 0) {
      posed.root.y() = s.demands.frames[f].root.y();
      apart = apart || std::abs(posed.root.y() - s.clip.frames[f].root.y()) > 1e-5f;
    }
    if (apart) s.pose_reach[f] = to_frame(fade_seconds(pose_distance(s.clip.frames[f], posed), s.budget));
  }
  const motion::Clip before = calmed(s);
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    LeastJerk curve(s.frames, 3);
    Vec last = Vec::Zero();
    bool any = false;
    std::size_t last_frame = 0;
    for (std::size_t f = 0; f < s.frames; ++f) {
      Quat q;
      if (!wanted_rotation(s, f, j, q)) continue;
      Vec offset = offset_of(q, before.frames[f].rotations[j]);
      const bool joined = any && f - last_frame <= s.pose_reach[f] + s.pose_reach[last_frame];
      if (joined) offset = unwrapped(offset, last);
      any = any || !offset.isZero(1e-6);
      curve.given[f] = 1;
      for (std::size_t c = 0; c < 3; ++c) curve.at(f, c) = offset[static_cast<Eigen::Index>(c)];
      last = offset;
      last_frame = f;
    }
    if (!any) continue;
    rest_far_away(curve, s.pose_reach);
    keep_between(curve, kOvershoot, kSlackTurn);
    for (std::size_t f = 0; f < s.frames; ++f) {
      const Vec offset(curve.at(f, 0), curve.at(f, 1), curve.at(f, 2));
      s.clip.frames[f].rotations[j] = before.frames[f].rotations[j];
      if (!offset.isZero(1e-9)) s.clip.frames[f].rotations[j] = moved(before.frames[f].rotations[j], offset);
    }
  }
}

}  // namespace terpsi::generate
