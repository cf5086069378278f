#pragma once
// What the style recogniser sees of a dance: windows of joint positions and velocities without place and
// heading. tools/train/terpsi_train/recogniser.py computes the same for training.

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

// [W, 144], W = frames of `window`, at 30 fps: in each frame x, y, z of the 24 joints relative to the floor
// below the pelvis (m), then their velocities in the world (m/s; central differences, one-sided at the ends),
// both turned about the vertical so that the dancer faces +Z. A frame's heading is square to the sum, over
// the frames of the window at most 7 away, of the axes from right to left hip and shoulder. A window of one
// frame has no velocity.
std::vector<float> recogniser_input(std::span<const motion::JointPositions> window);

}  // namespace terpsi::measure
