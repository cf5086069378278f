#pragma once
// Frames from anywhere, made fit to be shown.

#include "motion/clip.h"

namespace terpsi::motion {

// `frame` with what is not finite, or no rotation, or further than 1000 km away, taken from `last`; rotations
// are unit and have the sign nearer to `last`'s. Precondition: `last` is such a frame, or Frame().
Frame sound_frame(const Frame& frame, const Frame& last);

}  // namespace terpsi::motion
