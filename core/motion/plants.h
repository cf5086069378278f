#pragma once
// When and where a foot stands.

#include <vector>

#include "motion/foot_lock.h"
#include "motion/kinematics.h"

namespace terpsi::motion {

struct Plant {
  std::size_t begin = 0, end = 0;  // frames [begin, end), at least 2
  Vec3 anchor;                     // where the ball of the foot stands, metres, y = kFootRestHeight
  // The foot was planted just before too, and steps here because it had drifted away.
  bool stepped = false;
};

// Plants of one foot in order of time, with at least one free frame between them. automatic: the ball is low
// and slow (the labels shift the thresholds, they do not decide); always: the labels say so; off: none.
// `poses` are those of the clip's frames. A plant ends where the foot has drifted 10 cm from its anchor; what
// follows is another plant. Frame i depends on no frame more than about 0.5 s later.
std::vector<Plant> find_plants(const Clip& clip, const std::vector<Pose>& poses, bool left, FootLock mode);

}  // namespace terpsi::motion
