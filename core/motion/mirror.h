#pragma once
// The dance as its mirror image.

#include "motion/clip.h"

namespace terpsi::motion {

// Left and right exchanged: reflection in the plane x = 0. mirrored(mirrored(f)) is f.
Frame mirrored(const Frame& frame);
Clip mirrored(const Clip& clip);

}  // namespace terpsi::motion
