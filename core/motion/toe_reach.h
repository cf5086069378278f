#pragma once
// Points feet down to the floor. Many captures never saw the toes: a dancer who rises onto the ball of the
// foot then stands on air, with the sole level and the ankle high.

#include "motion/clip.h"

namespace terpsi::motion {

// Where nothing touches the floor y = 0 and the lower ankle is low enough that its ball could, turns that
// foot about the ankle until the ball does; eases in and out over a few frames and with the ankle's height,
// so that feet in a jump stay as they are. Only ankle rotations change. Looks ahead by at most 0.14 s.
void reach_for_floor(Clip& clip);

}  // namespace terpsi::motion
