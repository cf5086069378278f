#pragma once
// Two-bone inverse kinematics of a leg: where the knee goes.

#include "motion/skeleton.h"

namespace terpsi::motion {

struct LegTarget {
  Vec3 hip, ankle;  // world; the ankle is where it shall be
  Vec3 pole;    // direction (any length) in which the knee bends, roughly across the line from hip to ankle
  float reach;  // longest allowed distance from hip to ankle, metres, at most leg_length()
};

struct LegSolution {
  Vec3 knee,
      ankle;  // world; `ankle` is the target, or on the line to it at `reach` (or pushed out when too close)
};

// Law of cosines. Never fails: a target on the hip sends the ankle straight down.
LegSolution solve_leg(const LegTarget& target);

}  // namespace terpsi::motion
