#pragma once
// Captured motion at another frame rate.

#include "motion/retarget.h"

namespace terpsi::motion {

// The source at `fps`: rotations by slerp, positions by Catmull-Rom cubics, after a small Gaussian low-pass
// where the rate goes down (standard deviation 0.35 new frames). n frames become floor((n - 1) / source.fps *
// fps) + 1. A frame made of any bad frame is bad. Precondition: the source is valid, see retarget().
SourceMotion resample(const SourceMotion& source, double fps);

}  // namespace terpsi::motion
