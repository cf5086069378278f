#pragma once
// How a dance begins: the dancer stands, and comes alive with the music.

#include "motion/clip.h"

namespace terpsi::generate {

// A relaxed stance with the feet under the hips, arms hanging, knees soft: facing +z, over the origin, soles
// on the floor.
motion::Frame standing_pose();

// Until `alive_from` (seconds) the dancer stands where the first frame is and looks where it looks, breathing;
// until `alive_by` the movement grows from that stance to the dance's own, turning to where that looks. Later
// frames do not change, and frame i depends on frames 0 to i only. Root and rotations pass over with continuous
// velocity; feet are left to the foot lock, which must run after. Nothing happens unless alive_from < alive_by,
// both finite.
void open_dance(motion::Clip& clip, double alive_from, double alive_by);

}  // namespace terpsi::generate
