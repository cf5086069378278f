#pragma once
// How the dancer stands at any time: dancing, calm, or waiting.

#include "motion/body.h"
#include "motion/clip.h"

namespace terpsi::view {

using motion::Body, motion::Capsule, motion::body_colours, motion::body_neighbours, motion::kCapsules,
    motion::make_body;

// Interpolates between the two frames around `time` (seconds; clamped to the clip). Precondition: the clip is
// not empty.
motion::Pose sample(const motion::Clip& clip, double time);

// The same with a share `calm` (0 to 1) of standing and breathing where the dancer is, facing as the dancer
// does.
motion::Pose calmed(const motion::Clip& clip, double time, float calm, double seconds);

// Standing and breathing while there is nothing to dance to; `seconds` of any steady clock.
motion::Pose idle_pose(double seconds);

}  // namespace terpsi::view
