#pragma once
// Joins that no model has learned, as between two styles: the dance continues from the pose it was in.

#include <vector>

#include "motion/clip.h"

namespace terpsi::generate {

// Inertialization [Bollo 2018]. At each time (seconds, ascending) the pose may jump. From there on the
// difference to where the movement before was going, in rotations and in the root's height, is added and
// fades out over half a second along a quintic with continuous velocity. Frame i depends on frames up to i +
// 1. Where nothing jumps nothing changes by much.
void smooth_splices(motion::Clip& clip, const std::vector<double>& times);

}  // namespace terpsi::generate
