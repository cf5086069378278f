#pragma once
// Foot lock: planted feet stand still, travelling feet step, by two-bone IK of the legs.

#include "motion/clip.h"

namespace terpsi::motion {

enum class FootLock {
  off,
  automatic,  // lock where the foot is low and slow; contact labels shift the thresholds
  always,     // lock wherever the contact labels say so
};

// Adjusts hips, knees, ankles and the root (which follows its feet, and sinks by up to 8 cm where a leg
// cannot reach) so that planted balls of the feet keep their place, corrections ease in and out over a few
// frames, and no joint goes below the floor y = 0. Bone lengths do not change. Clips of fewer than 3 frames
// stay as they are. A frame depends on no frame more than 1 s later.
void lock_feet(Clip& clip, FootLock mode);

}  // namespace terpsi::motion
