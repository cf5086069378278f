#pragma once
// Orientations of body parts from joint positions alone.

#include <vector>

#include "motion/kinematics.h"

namespace terpsi::motion {

// World orientation of every joint for each frame (identity = T-pose facing +Z), from world positions at 30
// fps. What each part is derived from: see retarget.h. Precondition: at least one frame, positions finite.
std::vector<WorldRotations> rotations_from_positions(const std::vector<JointPositions>& joints);

}  // namespace terpsi::motion
