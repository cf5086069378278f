#pragma once
// What constraints tell the sampler, so that the dance leads up to them.

#include "generate/constrain/constraints.h"
#include "generate/finish/finish.h"
#include "generate/plan/condition.h"
#include "generate/sample/known_motion.h"

namespace terpsi::generate {

// The rotations of keyframes, everything of kept ranges, the root's velocity along the path. Approximate in
// time, since the beat warp that follows bends the clock: its steady part (BeatWarp::ease and strike) is
// undone here, its search for speed minima (up to kSnapReach) cannot be foreseen. Empty without constraints.
// Preconditions: validate(constraints, condition.frames).
KnownMotion known_motion(const Constraints& constraints, const Condition& condition,
                         const FinishOptions& options = {});

}  // namespace terpsi::generate
