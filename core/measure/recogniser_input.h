#pragma once
// Input of the style recogniser: windows of joint positions and velocities without place and heading, the
// same as tools/train/ computes for training.

#include <cstddef>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::measure {

inline constexpr int kRecogniserInputVersion = 1;
inline constexpr int kRecogniserChannels = motion::kJoints * 6;

// First frames of the windows of a motion: every `hop` frames, and one that ends with the motion. None when
// it is shorter than a window, or when window or hop is 0.
std::vector<std::size_t> recogniser_windows(std::size_t frames, std::size_t window, std::size_t hop);

// [W, 144], W = frames of `window`, at 30 fps: for each frame x, y, z of the 24 joints relative to the floor
// below the pelvis (m), then their velocities in the world (m/s; central differences, one-sided at the ends),
// both turned about the vertical so that the dancer faces +Z. A frame's heading is perpendicular to the sum,
// over the frames of the window at most 7 away, of the axes from right to left hip and shoulder. In a window
// of one frame velocities are 0.
std::vector<float> recogniser_input(std::span<const motion::JointPositions> window);

}  // namespace terpsi::measure
