#pragma once
// One foot in one frame: heel and ball against the floor y = 0.

#include "motion/skeleton.h"

namespace terpsi::motion {

struct FootPlace {
  Vec3 ankle;     // world, metres
  Quat rotation;  // of the ankle joint in the world
};

// The orientation `rotation` of a foot, turned about the ankle so that the ball, `to_ball` from it in the
// rest pose, is `rise` metres above the ankle (negative: below), or as far as the foot's length allows. The
// foot's heading stays.
Quat with_rise(const Quat& rotation, const Vec3& to_ball, float rise);

// The foot raised where heel or ball would go through the floor: planted = 1 keeps the ball in place and
// lifts the heel about it, 0 raises the whole foot, values between blend. Then the ankle rises by `heel_rise`
// metres about the ball.
FootPlace on_floor(const FootPlace& foot, const Vec3& to_ball, float planted, float heel_rise);

}  // namespace terpsi::motion
