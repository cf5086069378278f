#pragma once
// A clip as curves over time, and back: what motion_codec.h codes.

#include <array>
#include <cstddef>
#include <vector>

#include "motion/clip.h"

namespace terpsi::format {

// The root, metres, and the rotation vector (axis times angle, radians) of each joint.
inline constexpr std::size_t kCurves = 3 + 3 * motion::kJoints;
using Curves = std::array<std::vector<float>, kCurves>;

// Metres that one unit of each curve moves the farthest joint it carries.
const std::array<float, kCurves>& leverage();

// Rotation vectors are continuous in time: whole turns are added where needed.
Curves curves_of(const motion::Clip& clip);

// Frame i, without contacts. Precondition: i < length of the curves.
motion::Frame frame_of(const Curves& curves, std::size_t i);

}  // namespace terpsi::format
