#pragma once
// Makes frames from untrusted files fit to be shown and exported.

#include "motion/clip.h"

namespace terpsi::motion {

// `frame` with each part that is not finite, not a rotation, not a probability, or further than 1000 km away
// taken from `last` instead; rotations are unit and have the sign nearer to `last`'s. Precondition: `last` is
// such a frame, or Frame().
Frame sanitized(const Frame& frame, const Frame& last);

}  // namespace terpsi::motion
