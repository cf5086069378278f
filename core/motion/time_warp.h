#pragma once
// The same motion at other times: another frame rate, another tempo, beats moved.

#include <span>

#include "motion/clip.h"

namespace terpsi::motion {

// Catmull-Rom cubic from p1 (t = 0) to p2 (t = 1).
Vec3 catmull_rom(const Vec3& p0, const Vec3& p1, const Vec3& p2, const Vec3& p3, float t);

// The pose at a time in seconds: rotations by slerp, root by a Catmull-Rom cubic, contacts linear. Times
// before the first or after the last frame (or not finite) give that frame. An empty clip gives a T-pose.
Frame sample(const Clip& clip, double seconds);

// Frame i of the result is the clip at times[i] seconds; the frame rate stays. Ascending times make a
// monotone warp.
Clip warped(const Clip& clip, std::span<const double> times);

// The clip at another frame rate, same duration (to within a frame). fps > 0. No low-pass filter.
Clip with_fps(const Clip& clip, float fps);

}  // namespace terpsi::motion
