#pragma once
// Feet that reach for the floor. Many captures never saw the toes: a dancer who rises onto the ball of the
// foot then stands on air, with the sole level and the ankle high.

#include "motion/clip.h"

namespace terpsi::motion {

// Where nothing touches the floor y = 0 and the lower ankle is low enough that its ball could, turns that
// foot about the ankle until the ball does; eases in and out over a few frames and with the ankle's height,
// so that feet in a jump are left alone. Only ankle rotations change. Depends on at most 0.14 s of future.
void reach_for_floor(Clip& clip);

}  // namespace terpsi::motion
