#pragma once
// The dancer's body: 24 rounded cones hung on the joints of the skeleton.

#include <array>

#include "motion/kinematics.h"

namespace terpsi::view {

inline constexpr int kCapsules = 24;  // also in shaders/capsules.glsl (kCapsules)

// One rounded cone in the world: xyz end points and radii, metres.
struct Capsule {
  Eigen::Vector4f a, b;
  Eigen::Vector4f wide;  // direction in which the full radius holds, and the share of it that holds across
};

using Body = std::array<Capsule, kCapsules>;

// Interpolates between the two frames around `time` (seconds; clamped to the clip). Precondition: the clip is
// not empty.
motion::Pose sample(const motion::Clip& clip, double time);

// The same with a share `calm` (0 to 1) of standing and breathing where the dancer is, facing as the dancer
// does.
motion::Pose calmed(const motion::Clip& clip, double time, float calm, double seconds);

// Standing and breathing while there is nothing to dance to; `seconds` of any steady clock.
motion::Pose idle_pose(double seconds);
Body make_body(const motion::Pose& pose);

// Colour of each capsule (see body.vert) and the bit mask of capsules that touch it.
const std::array<int, kCapsules>& body_colours();
const std::array<int, kCapsules>& body_neighbours();

}  // namespace terpsi::view
