#include "generate/choose/candidate_score.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "measure/beat_metrics.h"
#include "measure/metrics.h"

namespace terpsi::generate {
namespace {

constexpr double kJoinReach = 0.5;                                // seconds on each side
constexpr double kWindow = 2, kWindowHop = 0.5, kPoseStep = 0.1;  // seconds
constexpr float kSamePose = 0.05f;                                // metres

double join_ratio(std::span<const motion::JointPositions> joints, double fps, double join) {
  double near = 0, far = 0;
  int near_count = 0, far_count = 0;
  for (std::size_t i = 1; i + 1 < joints.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      sum += static_cast<double>((joints[i + 1][j] - 2 * joints[i][j] + joints[i - 1][j]).norm());
    }
    const bool is_near = std::abs(static_cast<double>(i) / fps - join) <= kJoinReach;
    (is_near ? near : far) += sum;
    ++(is_near ? near_count : far_count);
  }
  if (near_count == 0 || far_count == 0 || far <= 0) return 1;
  return near / near_count / (far / far_count);
}

// Whether `window` comes within kSamePose of the stretch of equal length that begins at `from`, looking at
// every `step`-th pose.
bool same(std::span<const motion::BodyPose> window, std::span<const motion::BodyPose> stretch,
          std::size_t step) {
  const auto poses = (window.size() + step - 1) / step;
  const float most = kSamePose * static_cast<float>(poses);
  float sum = 0;
  for (std::size_t i = 0; i < window.size() && sum < most; i += step)
    sum += motion::mean_joint_distance(window[i], stretch[i]);
  return sum < most;
}

double repeated_share(std::span<const motion::JointPositions> joints, double fps,
                      std::span<const motion::BodyPose> danced) {
  const auto length = static_cast<std::size_t>(std::lround(kWindow * fps));
  const auto hop = static_cast<std::size_t>(std::max(1L, std::lround(kWindowHop * fps)));
  const auto step = static_cast<std::size_t>(std::max(1L, std::lround(kPoseStep * fps)));
  if (length == 0 || joints.size() < length || danced.size() < length) return 0;
  const std::vector<motion::BodyPose> poses = motion::body_poses(joints);
  int windows = 0, repeated = 0;
  for (std::size_t at = 0; at + length <= poses.size(); at += hop, ++windows) {
    const auto window = std::span(poses).subspan(at, length);
    for (std::size_t from = 0; from + length <= danced.size(); ++from) {
      if (!same(window, danced.subspan(from, length), step)) continue;
      ++repeated;
      break;
    }
  }
  return static_cast<double>(repeated) / windows;
}

}  // namespace

CandidateFigures candidate_figures(std::span<const motion::JointPositions> joints, double fps,
                                   const CandidateSetting& setting) {
  CandidateFigures f;
  if (joints.size() < 4) return f;
  const measure::MotionMetrics m = measure::motion_metrics(joints, fps);
  f.beat_excess = measure::beat_metrics(joints, fps, setting.beats).excess;
  f.foot_skate = m.foot_skate;
  const double style = setting.style_magnitude > 0 ? setting.style_magnitude : m.magnitude;
  if (style > 0) {
    const double frames = fps / limits::kFps;  // jitter per frame at 30 fps
    f.magnitude_ratio = m.magnitude / style;
    f.roughness = m.jitter * frames * frames / (kJitterOfSpeed * style);
  }
  f.freeze = m.freeze;
  if (setting.join >= 0) f.join = join_ratio(joints, fps, setting.join);
  f.repetition = repeated_share(joints, fps, setting.danced);
  return f;
}

double candidate_score(const CandidateFigures& f) {
  const double octaves = std::abs(std::log2(std::max(f.magnitude_ratio, 1e-3)));
  return f.beat_excess / 0.05 - f.foot_skate / 0.05 - octaves / 0.25 - std::max(0.0, f.roughness - 1) / 0.2 -
         f.freeze / 0.02 - std::max(0.0, f.join - 1) / 0.5 - f.repetition / 0.1;
}

}  // namespace terpsi::generate
