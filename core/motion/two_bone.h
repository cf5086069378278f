#pragma once
// Two-bone inverse kinematics of a leg: where the knee goes.

#include "motion/skeleton.h"

namespace terpsi::motion {

// World coordinates, metres.
struct LegTarget {
  Vec3 hip, ankle;  // the ankle is where it is to go
  Vec3 pole;    // direction (any length) in which the knee bends, roughly across the line from hip to ankle
  float reach;  // longest allowed distance from hip to ankle, at most leg_length()
};

// World coordinates. `ankle` is the target, or on the line to it at `reach` (pushed out when too close to the
// hip).
struct LegSolution {
  Vec3 knee, ankle;
};

// Law of cosines. Never fails: a target on the hip sends the ankle straight down.
LegSolution solve_leg(const LegTarget& target);

}  // namespace terpsi::motion
