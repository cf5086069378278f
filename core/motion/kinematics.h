#pragma once
// Forward kinematics: from local rotations to places in the world.

#include <array>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

// World position and orientation of every joint of one frame.
struct Pose {
  JointPositions positions;
  std::array<Quat, kJoints> rotations;
};

Pose world_pose(const Frame& frame);
JointPositions joint_positions(const Frame& frame);

// One entry per frame.
std::vector<JointPositions> joint_positions(const Clip& clip);

// Joint positions of the T-pose, pelvis at offset(kPelvis).
const JointPositions& rest_positions();

// Sets the local rotations of `frame` so that joint j has world orientation world[j].
void set_world_rotations(Frame& frame, const std::array<Quat, kJoints>& world);

// Length of the bone from the parent to `joint`, metres.
float bone_length(int joint);

// Thigh plus shin, metres.
float leg_length();

}  // namespace terpsi::motion
