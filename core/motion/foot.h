#pragma once
// One foot in one frame: heel, ball and floor.

#include "motion/skeleton.h"

namespace terpsi::motion {

struct FootPlace {
  Vec3 ankle;     // world, metres
  Quat rotation;  // of the ankle joint in the world
};

// Turns a foot about its ankle so that the ball, `to_ball` from it in the rest pose, comes to lie `rise`
// metres above it (negative: below), or as far as its length allows. Its heading stays.
Quat with_rise(const Quat& rotation, const Vec3& to_ball, float rise);

// The foot lifted where heel or ball would go through the floor y = 0: `planted` (0 to 1) keeps the ball
// where it is and lifts the heel about it, else the whole foot rises. Then the ankle rises by `heel_rise`
// metres about the ball.
FootPlace on_floor(const FootPlace& foot, const Vec3& to_ball, float planted, float heel_rise);

}  // namespace terpsi::motion
