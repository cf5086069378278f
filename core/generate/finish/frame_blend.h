#pragma once
// Passing from one pose into another.

#include "motion/clip.h"

namespace terpsi::generate {

// 0 to 1 as u goes from 0 to 1, with zero slope and curvature at both ends (the quintic of least jerk);
// constant beyond.
double smootherstep(double u);

// a at weight 0, b at weight 1: root and contacts linearly, rotations the shorter way.
motion::Frame blended(const motion::Frame& a, const motion::Frame& b, float weight);

}  // namespace terpsi::generate
