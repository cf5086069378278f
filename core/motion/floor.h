#pragma once
// Finds the floor under a clip and puts the body on it.

#include <cstdint>
#include <vector>

#include "motion/clip.h"

namespace terpsi::motion {

// Height above y = 0 of the lowest part of the body's surface, metres: soles, hands, knees, elbows, pelvis,
// head.
float lowest_point(const JointPositions& joints);

// Moves the root up or down so that the body rests on the floor y = 0: the height at which its lowest point
// stands still (median over the frames, weighted by stillness, so that jumps do not count) becomes 0, first
// by one constant for the clip, then by a slow correction of at most 8 cm that follows the same median over
// windows of 1.2 s. Frames with bad[i] != 0 hardly count; `bad` may be empty.
void level_floor(Clip& clip, const std::vector<std::uint8_t>& bad = {});

// Lowers the root where the body floats: by the smallest height of its lowest point over the last 0.5 s and
// the next 0.13 s, smoothed, at most 8 cm, so that jumps stay jumps and nothing is pushed through the floor.
// Looks ahead by at most 0.27 s.
void settle_on_floor(Clip& clip);

}  // namespace terpsi::motion
