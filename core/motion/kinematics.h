#pragma once
// Forward kinematics: from local rotations to the world, and back.

#include <array>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

// World orientation of every joint, identity in the T-pose.
using WorldRotations = std::array<Quat, kJoints>;

// World position and orientation of every joint of one frame.
struct Pose {
  JointPositions positions;
  WorldRotations rotations;
};

Pose world_pose(const Frame& frame);
JointPositions joint_positions(const Frame& frame);

// One entry per frame.
std::vector<Pose> world_poses(const Clip& clip);
std::vector<JointPositions> joint_positions(const Clip& clip);

// Joint positions of the T-pose, metres, pelvis at offset(kPelvis).
const JointPositions& rest_positions();

// Sets the local rotations of `frame` so that joint j has world orientation world[j].
void set_world_rotations(Frame& frame, const WorldRotations& world);

// Gives each local rotation the sign (q and -q are the same rotation) nearer to the reference's.
void match_signs(Frame& frame, const Frame& reference);

// Turns joint `upper` the shortest way so that its bone to `lower`, its child, points along `direction`
// (world, any length). Only world[upper] changes.
void aim(WorldRotations& world, Joint upper, Joint lower, const Vec3& direction);

// Length of the bone from its parent to `joint`, metres.
float bone_length(int joint);

// Thigh plus shin, metres.
float leg_length();

}  // namespace terpsi::motion
