#pragma once
// Removes sudden turns that no body makes, as where two phrases that face different ways are joined.

#include "motion/clip.h"

namespace terpsi::motion {

// Where a hand accelerates by more than 200 m/s^2 (0.05 % of the frames of real clips), the pelvis by more than
// 200 rad/s^2 (0.3 %, most of them glitches of the capture), or the mean jerk of the joints exceeds 800 m/s^3
// (six times that of a calm dancer, as far as dancers' own peaks go), root and rotations are blended towards
// their weighted mean over 0.1 s before and after, the more the greater the excess; everything else stays bit
// for bit, contacts too. Looks ahead by at most 0.37 s.
void ease_spikes(Clip& clip);

}  // namespace terpsi::motion
