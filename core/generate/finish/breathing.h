#pragma once
// Breathing of a dancer who stands still.

#include "motion/clip.h"

namespace terpsi::generate {

// Adds the breath of a dancer at time t (seconds) to the trunk, neck and arms: about 23 breaths a minute,
// hands moving by up to `amount` times 2.5 cm, never all still at once. Nothing below the waist moves. Smooth
// in t; amount 0 changes nothing.
void add_breath(motion::Frame& frame, double t, float amount);

}  // namespace terpsi::generate
