#pragma once
// The dancer's body: 24 rounded cones hung on the joints of the skeleton.

#include <array>

#include "motion/kinematics.h"

namespace terpsi::motion {

inline constexpr int kCapsules = 24;  // also in shaders/capsules.glsl (kCapsules)

// One rounded cone in the world: xyz end points and radii, metres.
struct Capsule {
  Eigen::Vector4f a, b;
  Eigen::Vector4f wide;  // direction in which the full radius holds, and the share of it that holds across
};

using Body = std::array<Capsule, kCapsules>;

Body make_body(const Pose& pose);

// Joints that carry the ends a and b of each capsule.
struct CapsuleJoints {
  Joint a, b;
};
const std::array<CapsuleJoints, kCapsules>& body_joints();

// Colour of each capsule: 0 body, 1 left accent, 2 right accent, 3 joint (see shaders/body.frag.glsl).
const std::array<int, kCapsules>& body_colours();

// The bit mask of capsules that touch it, itself included.
const std::array<int, kCapsules>& body_neighbours();

}  // namespace terpsi::motion
