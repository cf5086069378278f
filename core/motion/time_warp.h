#pragma once
// The same motion at other times: another frame rate, another tempo, beats moved.

#include <span>

#include "motion/clip.h"

namespace terpsi::motion {

// The pose at a time in seconds: rotations by slerp, root by a Catmull-Rom cubic, contacts linear. Times
// before the first or after the last frame (or not finite) give that frame. An empty clip gives a T-pose.
Frame sample(const Clip& clip, double seconds);

// Frame i of the result is the clip at times[i]; the frame rate stays. For a monotone warp give ascending
// times.
Clip warped(const Clip& clip, std::span<const double> times);

// The clip at another frame rate, same duration (to within a frame). fps > 0. No low-pass filter.
Clip with_fps(const Clip& clip, float fps);

}  // namespace terpsi::motion
