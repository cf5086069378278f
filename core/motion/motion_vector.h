#pragma once
// The 151 numbers per frame that the networks read and write, not yet normalised:
//
//   [0, 4)    contact labels 0..1: l_ankle, l_foot, r_ankle, r_foot
//   [4, 7)    root: horizontal velocity x (m/s), height y (m), horizontal velocity z (m/s), world axes.
//             Velocity of frame i is (root[i] - root[i-1]) * fps, that of frame 0 repeats frame 1's.
//             Velocity, not position, so that a dance of any length can be made of windows and phrases.
//   [7, 151)  24 x 6D rotation [Zhou 2019]: first two columns of the local rotation matrix, a1 then a2

#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

inline constexpr int kMotionDims = 151;
inline constexpr int kContactOffset = 0;
inline constexpr int kRootOffset = 4;
inline constexpr int kRotationOffset = 7;

// T x 151, row-major.
std::vector<float> encode(const Clip& clip);

// Inverse of encode: orthonormalises rotations (Gram-Schmidt; degenerate input becomes the identity),
// integrates the root from x = z = 0 at limits::kFps and clamps contacts to 0..1. Precondition: values.size()
// is a multiple of 151.
Clip decode(std::span<const float> values);

}  // namespace terpsi::motion
