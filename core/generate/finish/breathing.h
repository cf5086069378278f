#pragma once
// A body that stands still is alive: it breathes.

#include "motion/clip.h"

namespace terpsi::generate {

// Adds the breath of a dancer at time t (seconds) to the trunk, neck and arms: about 23 breaths a minute,
// hands moving by up to `amount` times 2.5 cm, never all still at once. Nothing below the waist moves. Smooth
// in t; amount 0 changes nothing.
void breathe(motion::Frame& frame, double t, float amount);

}  // namespace terpsi::generate
