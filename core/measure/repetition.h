#pragma once
// How much a dance repeats itself.

#include <cstddef>
#include <span>

#include "motion/body_pose.h"

namespace terpsi::measure {

struct Repetition {
  // 2-s windows, one every 0.5 s, for which another one exists that does not overlap.
  std::size_t windows = 0;
  double share = 0;     // share of those with another window closer than 5 cm
  double distance = 0;  // mean distance of a window to its nearest, metres
};

// Distance of two windows: mean joint distance of their poses, sampled every 0.1 s. The other window may
// begin at any frame that is at least 2 s away. All zero where the dance is shorter than 4 s. Costs frames^2
// / 3 distances.
Repetition repetition(std::span<const motion::BodyPose> poses, double fps);

}  // namespace terpsi::measure
