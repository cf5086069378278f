#pragma once
// What the toes do, as people see it: a ball of the foot that slides under a raised heel counts, which the
// skate ratio of metrics.h is blind to.

#include <cstddef>
#include <span>

#include "motion/clip.h"

namespace terpsi::measure {

// Heights are above the floor: the 5th percentile over time of the lower toe's height. A toe (ball of the foot) is
// low under 5 cm. Its speed is that of its step to the next frame, in the plane, and counts with the height
// before the step; fast is above 0.3 m/s.
struct Feet {
  std::size_t low_toes = 0;   // over steps and feet: low toes whose ankle is under 14 cm
  std::size_t fast_toes = 0;  // over steps and feet: fast toes, at any height
  double glide = 0;           // share of low_toes that are fast
  double glide_speed = 0;     // mean speed of low_toes, m/s
  double glide_any = 0;       // share of steps in which some low toe is fast
  double swing_height = 0;    // median height of fast_toes, metres
  double planted = 0;         // share of steps in which some low toe moves less than 0.15 m/s
};

// All zero for fewer than 2 frames. Positions must be finite.
Feet feet(std::span<const motion::JointPositions> joints, double fps);

}  // namespace terpsi::measure
