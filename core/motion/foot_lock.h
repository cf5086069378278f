#pragma once
// Two-bone IK that makes planted feet stand still.

#include "motion/clip.h"

namespace terpsi::motion {

enum class FootLock {
  off,
  automatic,  // lock where the contact labels say planted (hysteresis) and the foot really is low and slow
  always,     // lock wherever the contact labels say planted
};

// Adjusts hips, knees, ankles (and root height a little where a leg cannot reach) so that planted ankles and
// balls of the feet keep their horizontal place, ease in and out over a few frames, and no joint goes below
// the floor. Bone lengths do not change.
void lock_feet(Clip& clip, FootLock mode);

}  // namespace terpsi::motion
