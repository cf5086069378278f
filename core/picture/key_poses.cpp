#include "picture/key_poses.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "motion/body_pose.h"
#include "motion/kinematics.h"
#include "motion/sanitize.h"

namespace terpsi::picture {
namespace {

using motion::Frame, motion::JointPositions, motion::Vec3;

constexpr std::size_t kMostSamples = 240;  // frames tried in each part

// How expressive a pose is seen from the front (+Z), about 0 to 3.
float expression(const JointPositions& joints) {
  const Vec3& pelvis = joints[motion::kPelvis];
  const auto beside = [&](int joint) {
    return std::abs(joints[static_cast<std::size_t>(joint)].x() - pelvis.x());
  };
  const auto above = [&](int joint) { return joints[static_cast<std::size_t>(joint)].y() - pelvis.y(); };
  const float arms = beside(motion::kLWrist) + beside(motion::kRWrist);
  const float legs = beside(motion::kLAnkle) + beside(motion::kRAnkle);
  const float raised = std::max({0.f, above(motion::kLWrist), above(motion::kRWrist)});
  const float step =
      std::max(joints[motion::kLAnkle].y(), joints[motion::kRAnkle].y()) - motion::kAnkleRestHeight;
  const Vec3 hips = joints[motion::kLHip] - joints[motion::kRHip];
  const float width = std::hypot(hips.x(), hips.z());
  const float facing = width > 1e-4f ? hips.x() / width : 0.f;  // 1: to the front, -1: away
  return 0.9f * std::min(arms, 1.2f) + 0.7f * std::min(legs, 1.f) + 0.5f * std::min(raised, 0.9f) +
         0.5f * std::clamp(step, 0.f, 0.6f) + 0.7f * std::min(facing, 0.8f);
}

// 1 on a downbeat, 0.7 on other beats, falling to 0 within 0.1 s.
float beat_weight(const format::Dance& dance, double seconds) {
  const auto after = std::lower_bound(dance.beats.begin(), dance.beats.end(), seconds);
  float best = 0;
  for (const auto it : {after, after == dance.beats.begin() ? after : after - 1}) {
    if (it == dance.beats.end()) continue;
    const auto i = static_cast<std::size_t>(it - dance.beats.begin());
    const float near = 1.f - static_cast<float>(std::abs(*it - seconds)) / 0.1f;
    const bool first = i < dance.beat_in_bar.size() && dance.beat_in_bar[i] == 1;
    best = std::max(best, near * (first ? 1.f : 0.7f));
  }
  return best;
}

}  // namespace

std::vector<Frame> key_poses(const format::Dance& dance, int count) {
  const std::vector<Frame>& frames = dance.clip.frames;
  if (frames.empty()) return {Frame()};
  const std::size_t parts = std::min(static_cast<std::size_t>(std::max(count, 1)), frames.size());
  const double fps = dance.clip.fps > 0 ? static_cast<double>(dance.clip.fps) : 30.0;
  std::vector<Frame> chosen;
  std::vector<motion::BodyPose> seen;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = frames.size() * part / parts, end = frames.size() * (part + 1) / parts;
    const std::size_t step = (end - begin + kMostSamples - 1) / kMostSamples;
    float best = -std::numeric_limits<float>::infinity();
    Frame pose = motion::sanitized(frames[begin], Frame());
    motion::BodyPose body = motion::body_pose(motion::joint_positions(pose));
    for (std::size_t i = begin; i < end; i += step) {
      const Frame frame = motion::sanitized(frames[i], Frame());
      const JointPositions joints = motion::joint_positions(frame);
      const motion::BodyPose shape = motion::body_pose(joints);
      float novel = 0.3f;
      for (const motion::BodyPose& other : seen)
        novel = std::min(novel, motion::mean_joint_distance(shape, other));
      const float score =
          expression(joints) + 2.f * novel + 0.35f * beat_weight(dance, static_cast<double>(i) / fps);
      if (!(score > best)) continue;
      best = score;
      pose = frame;
      body = shape;
    }
    chosen.push_back(pose);
    seen.push_back(body);
  }
  return chosen;
}

}  // namespace terpsi::picture
