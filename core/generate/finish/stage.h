#pragma once
// Keeps the dancer near the middle of the stage, whatever the phrases add up to.

#include "motion/clip.h"

namespace terpsi::generate {

// Adds a slow horizontal drift to the root that brings a dancer who leaves the inner 40 % of the stage back,
// mostly while feet are in the air (contacts < 0.5), so that little of it shows as sliding. Looks at the past
// only: a frame's place does not depend on later frames. A dancer who travels steadily at up to 0.5 m/s stays
// within `radius` metres; 0 or less, or a value that is not finite, leaves the clip alone.
void keep_on_stage(motion::Clip& clip, float radius);

}  // namespace terpsi::generate
