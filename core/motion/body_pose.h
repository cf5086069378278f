#pragma once
// Poses without place and heading, which repetition and novelty compare.

#include <Eigen/Core>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

// Rows: joints; columns: x (left), y (up), z (front) from the pelvis, metres, turned about the vertical so
// that the line from the right to the left hip points along +x.
using BodyPose = Eigen::Array<float, kJoints, 3>;

BodyPose body_pose(const JointPositions& joints);
std::vector<BodyPose> body_poses(std::span<const JointPositions> joints);  // one entry per frame

// Mean over the 24 joints of the distance between their positions, metres.
inline float mean_joint_distance(const BodyPose& a, const BodyPose& b) {
  const auto d = (a - b).square();
  return (d.col(0) + d.col(1) + d.col(2)).sqrt().sum() / kJoints;
}

}  // namespace terpsi::motion
