#pragma once
// From raw motion vectors to a dance on the floor: decode, put dance beats on music beats, keep the dancer on
// stage, begin standing and end in a pose, keep joints in their ranges and turns human, settle on the floor,
// lock planted feet. Used identically by the command line, the server and the page.

#include <span>

#include "generate/plan/condition.h"
#include "motion/clip.h"
#include "motion/foot_lock.h"

namespace terpsi::generate {

struct FinishOptions {
  motion::FootLock foot_lock = motion::FootLock::automatic;
  bool beat_snap = true;  // shift each speed minimum near a beat onto it by a local time warp
  // With beat_snap: share of the speed taken away on each beat, made up between (0 to 0.8).
  float beat_ease = 0.2f;
  float section_hit = 0.5f;   // with beat_snap: how hard the first beat of a section is struck (0 to 0.8)
  float stage_radius = 1.5f;  // metres the dancer may wander from the centre
};

// Finishing looks this far ahead, seconds: beat snap 0.95 (beat_warp.h), what follows about 0.5 (each of its
// steps less, and the last frames in sight hardly count).
inline constexpr double kFinishLookahead = 1.5;

// `values`: T' x 151, the first T' <= condition.frames frames (further ones are ignored). Frames more than
// kFinishLookahead before the end of `values` do not change when called again with more of the same dance.
// Deterministic; linear in T'.
motion::Clip finish(std::span<const float> values, const Condition& condition,
                    const FinishOptions& options = {});

}  // namespace terpsi::generate
