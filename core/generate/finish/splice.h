#pragma once
// Joins that no model has learned, as between two styles: the dance goes on from the pose it was in.

#include <vector>

#include "motion/clip.h"

namespace terpsi::generate {

// At each time (seconds, ascending) the pose may jump. From there on the difference to where the movement
// before was going, in rotations and in the root's height, is added and fades out over half a second, with
// continuous velocity (a quintic; after D. Bollo, "Inertialization: high-performance animation transitions",
// GDC 2018). Frame i depends on frames up to i + 1. Where nothing jumps nothing changes by much.
void smooth_splices(motion::Clip& clip, const std::vector<double>& times);

}  // namespace terpsi::generate
