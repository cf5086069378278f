#pragma once
// Passing from one pose into another.

#include "motion/clip.h"

namespace terpsi::generate {

// a at weight 0, b at weight 1: root and contacts linearly, rotations the shorter way.
motion::Frame blended(const motion::Frame& a, const motion::Frame& b, float weight);

}  // namespace terpsi::generate
