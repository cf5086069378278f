#pragma once
// Feet that stand again after the body above them was changed, except where the change itself is demanded.

#include <array>
#include <cstdint>
#include <vector>

#include "motion/clip.h"

namespace terpsi::generate {

// What is known of the feet. Per frame; of the bits 0 is the left leg, 1 the right.
struct Footing {
  std::vector<std::uint8_t> stands;  // this foot shall stand on the floor
  std::vector<std::uint8_t> foot;    // this leg must not be touched
  std::vector<std::uint8_t> body;    // not 0: the root's position must not be touched
  // The ball of each foot as it moved in the dance that says when it stands, metres: still or nearly still
  // while it stands, and on its way up or down at the ends of that.
  std::array<std::vector<motion::Vec3>, 2> ball;
};

// Makes each foot move as `ball` does, displaced by a constant, for as long as it stands: two-bone IK of the
// leg. Where the body carries it on by more than 20 cm, it takes several small, lifted steps. Next to frames
// whose leg must not be touched it stands where it is there. Corrections fade along least-jerk curves, are 0
// in such frames and outside [begin, end), and raise a foot that would be below the floor.
void replant(motion::Clip& clip, std::size_t begin, std::size_t end, const Footing& footing);

}  // namespace terpsi::generate
