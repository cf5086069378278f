#pragma once
// Makes a finished dance meet its constraints exactly, without a visible jolt.

#include "generate/constrain/constraints.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

// At the demanded frames the clip equals the demands. Around them - the rest of a kept range's own dance is
// cross-faded with this one by quintics (a source that ends there comes to
//   rest first);
// - the difference to a keyframe (rotation vector of each joint in its parent's frame, root position) fades
// along
//   the least-jerk curve (least_jerk.h) through all demands near it, the longer the larger it is: 0.4 to
//   2.5 s for poses, up to 6 s for the place on the floor, where it moves while feet are in the air rather than
//   planted;
// - the quickest tremors of joints that are led to a keyframe are calmed, since a pose that reaches farther
// out
//   would make them larger;
// - the body's height follows its new lowest point;
// - planted feet (motion/plants.h) are planted again, at the demanded frames where the demands put them.
// Frames more than kConstraintReach away from every demand do not change. Deterministic; linear in frames.
// Errors: those of validate (validate.h).
Status apply_constraints(motion::Clip& clip, const Constraints& constraints,
                         motion::FootLock foot_lock = motion::FootLock::automatic);

inline constexpr double kConstraintReach = 8.0;  // seconds

}  // namespace terpsi::generate
