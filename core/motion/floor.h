#pragma once
// Puts a clip on the floor.

#include <cstdint>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

// Height of the lowest part of the body above the floor y = 0, metres: soles, hands, knees, elbows, pelvis
// and head, each with its flesh.
float lowest_point(const JointPositions& joints);

// Moves the root up or down so that the body rests on the floor: the height at which its lowest point stands
// still (weighted median over the frames, weighted by stillness, so that jumps do not count) becomes 0, first
// by one constant for the clip, then by a slow correction of at most 8 cm that follows the same median over
// windows of 1.2 s. Frames with bad[i] != 0 do not count; `bad` may be empty.
void level_floor(Clip& clip, const std::vector<std::uint8_t>& bad = {});

// Lowers the root where a body that should rest on the floor hangs above it: by the smallest height of its
// lowest point over the last 0.5 s and the next 0.13 s, smoothed, at most 8 cm, so that jumps stay jumps and
// nothing is pushed through the floor. Depends on at most 0.27 s of future.
void settle_on_floor(Clip& clip);

}  // namespace terpsi::motion
