#pragma once
// From raw motion vectors to a dance on the floor: decode, put dance beats on music beats, keep the dancer on stage,
// lock planted feet. Used identically by the command line, the server and the page.

#include <span>

#include "generate/condition.h"
#include "motion/clip.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

struct FinishOptions {
  motion::FootLock foot_lock = motion::FootLock::automatic;
  bool beat_snap = true;     // shift each speed minimum near a beat onto it by a local time warp
  float stage_radius = 1.5f; // metres the dancer may wander from the centre
};

// `values`: T' x 151, the first T' <= condition.frames frames. Frames before the last second of an unfinished dance do
// not change when called again with more frames.
motion::Clip finish(std::span<const float> values, const Condition& condition, const FinishOptions& options = {});

}  // namespace terpsi::generate
