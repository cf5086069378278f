#pragma once
// Sudden turns that no body makes, as where two phrases that face different ways are joined.

#include "motion/clip.h"

namespace terpsi::motion {

// Where a hand accelerates by more than 200 m/s^2 (0.05 % of the real clips' frames do) or the pelvis turns
// with more than 200 rad/s^2 (0.3 %, most of them glitches of the capture), root and rotations become their
// weighted mean over 0.1 s before and after, the more the greater the excess; everything else stays bit for
// bit. Contacts stay. Depends on at most 0.34 s of future.
void ease_spikes(Clip& clip);

}  // namespace terpsi::motion
