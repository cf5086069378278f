#include "motion/body_pose.h"

#include <cmath>

namespace terpsi::motion {

BodyPose body_pose(const JointPositions& joints) {
  const Vec3 pelvis = joints[kPelvis], hips = joints[kLHip] - joints[kRHip];
  const float yaw = std::atan2(-hips.z(), hips.x()), c = std::cos(yaw), s = std::sin(yaw);
  BodyPose out;
  for (Eigen::Index j = 0; j < kJoints; ++j) {
    const Vec3 p = joints[static_cast<std::size_t>(j)] - pelvis;
    out(j, 0) = c * p.x() - s * p.z();
    out(j, 1) = p.y();
    out(j, 2) = s * p.x() + c * p.z();
  }
  return out;
}

std::vector<BodyPose> body_poses(std::span<const JointPositions> joints) {
  std::vector<BodyPose> out;
  out.reserve(joints.size());
  for (const JointPositions& p : joints) out.push_back(body_pose(p));
  return out;
}

}  // namespace terpsi::motion
