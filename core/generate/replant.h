#pragma once
// Feet that stand again after the body above them was changed, except where the change itself is demanded.

#include <cstdint>
#include <vector>

#include "motion/clip.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

// Per frame what must not be touched any more.
struct ReplantFixed {
  std::vector<std::uint8_t> body;  // the root's position
  std::vector<std::uint8_t> foot;  // bit 0: left leg, bit 1: right leg (and the root's position)
};

// Finds where each foot stands in frames [begin, end) and holds it there by two-bone IK of the leg; where the
// body moves away the foot steps, slightly lifted. A plant with a fixed frame in it stands where the foot is
// in that frame. Corrections fade by least-jerk curves and are 0 at fixed frames and outside [begin, end).
void replant(motion::Clip& clip, std::size_t begin, std::size_t end, const ReplantFixed& fixed,
             motion::FootLock mode);

}  // namespace terpsi::generate
