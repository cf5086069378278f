#pragma once
// Makes a finished dance obey its constraints exactly, without a jolt.

#include "generate/constrain/constraints.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

// At the demanded frames the clip equals the demands. Around them
//   - the rest of a kept range's own dance is cross-faded with this one by quintics (a source that ends there
//   comes to
//     rest first);
//   - the difference to a keyframe (rotation vector of each joint in its parent's frame, root position) fades
//   along the
//     curve of least jerk (least_jerk.h) through all demands near it, the longer the larger it is: 0.4 to 2.5
//     s for poses, up to 6 s for the place on the floor, where it moves while feet are in the air rather than
//     while they stand;
//   - the quickest tremors of joints that are led to a keyframe are calmed while they are, since a pose that
//   reaches
//     farther out would make them larger;
//   - the body's height follows its new lowest point;
//   - feet that stand (motion/plants.h) are made to stand again, at the demanded frames where the demands put
//   them.
// Frames more than kConstraintReach away from every demand do not change. Deterministic; linear in frames.
// Errors: those of validate.
Status apply_constraints(motion::Clip& clip, const Constraints& constraints,
                         motion::FootLock foot_lock = motion::FootLock::automatic);

inline constexpr double kConstraintReach = 8.0;  // seconds

// What blending cost, around the demands. Jerk: mean over the joints of |third difference| fps^3, m/s^3.
struct BlendJerk {
  double mean_ratio = 0;   // mean jerk within 0.5 s of a demand / mean jerk of the whole dance before
  double peak_ratio = 0;   // largest jerk there / 95th percentile of the largest jerk within 0.5 s of a
                           // moment, over all moments of the dance before
  double added_ratio = 0;  // mean jerk there / mean jerk of the same frames before
};

// `before`: the clip as it was before apply_constraints. Demanded frames whose neighbours are demanded too
// (the inside of kept ranges) do not count. 0 without demands.
BlendJerk blend_jerk(const motion::Clip& before, const motion::Clip& after, const Demands& demands);

}  // namespace terpsi::generate
