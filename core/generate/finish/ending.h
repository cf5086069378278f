#pragma once
// How a dance ends: one pose, struck on the last strong beat and held, breathing, until the music is over.

#include "motion/clip.h"

namespace terpsi::generate {

// Seconds from leaving the dance to standing in the pose.
inline constexpr double kShortestReach = 0.5, kLongestReach = 0.9;

// The pose that a dance may end in: the best of its own poses (and their mirror images) in frames [from, to):
// in balance on both feet, far-reaching, calm, facing forward, and not far from the last of these frames. Its
// feet stand where the dancer's support stands in that frame. Preconditions: from < to <= clip.size().
motion::Frame choose_final_pose(const motion::Clip& clip, std::size_t from, std::size_t to);

// From `reach` seconds before `beat` the dance passes into `pose`, is at rest in it on the beat and breathes
// until the clip ends. Frames before do not change; frame i depends on frames up to i only. Root and
// rotations pass over with continuous velocity and acceleration; feet are left to the foot lock, which must
// run after.
void hold_pose(motion::Clip& clip, double beat, double reach, const motion::Frame& pose);

// Both: the pose is chosen from the last 24 s before it is reached for. Nothing happens where beat is
// negative, or the clip does not go on until it is reached for; so frames more than the time that earlier
// steps look ahead before the clip's end do not change when more of the dance comes. `period`: seconds of a
// dance beat there, the time that reaching takes if within bounds.
void end_dance(motion::Clip& clip, double beat, double period);

// The same in a given pose, turned and moved to where the dancer stands.
void end_dance_in(motion::Clip& clip, double beat, double period, const motion::Frame& pose);

}  // namespace terpsi::generate
