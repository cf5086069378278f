#pragma once
// The steps that make a dance meet its constraints, in the order in which they run.

#include "generate/constrain/blend_state.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

// Turns the pelvis to the headings of the path.
void follow_headings(BlendState& s);

// Fades kept ranges in: rotations, and with the pelvis the root's height. Sets s.base and s.fades.
void cross_fade_kept(BlendState& s);

// Leads each joint to the rotations demanded of it. Sets s.pose_reach.
void bend_to_keyframes(BlendState& s);

// Keeps the body's lowest point as high as it was, and meets the demanded heights.
void keep_height(BlendState& s);

// Moves the root over the floor to where it is demanded and along the path.
void place_root(BlendState& s);

// Makes feet that stand stand again (replant.h). `mode`: how it is decided when they do.
void stand(BlendState& s, motion::FootLock mode);

}  // namespace terpsi::generate
