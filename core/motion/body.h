#pragma once
// The dancer's body: 24 rounded cones hung on the joints of the skeleton.

#include <array>

#include "motion/kinematics.h"

namespace terpsi::motion {

inline constexpr int kCapsules = 24;  // also in shaders/capsules.glsl

// One rounded cone in the world, flattened in one direction. Metres.
struct Capsule {
  Eigen::Vector4f a, b;  // ends: x, y, z, radius
  // Unit direction in which the full radius holds; w: thickness across as a share of it.
  Eigen::Vector4f wide;
};

using Body = std::array<Capsule, kCapsules>;

Body make_body(const Pose& pose);

// The joints that carry the ends a and b of a capsule.
struct CapsuleJoints {
  Joint a, b;
};
const std::array<CapsuleJoints, kCapsules>& body_joints();

// Colour of each capsule: 0 body, 1 left accent, 2 right accent, 3 joint, as in shaders/body.frag.glsl.
const std::array<int, kCapsules>& body_colours();

// For each capsule the bit mask of those that touch it, itself included.
const std::array<int, kCapsules>& body_neighbours();

}  // namespace terpsi::motion
