#include "generate/constrain/constraint_blend.h"

#include "generate/constrain/blend_state.h"
#include "generate/constrain/blend_steps.h"
#include "generate/constrain/validate.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

// What is left are rounding errors.
void snap(BlendState& s) {
  for (std::size_t f = 0; f < s.frames; ++f) {
    motion::Frame& frame = s.clip.frames[f];
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      if (demanded(s, f, j)) {
        frame.rotations[j] = motion::same_hemisphere(s.demands.frames[f].rotations[j], frame.rotations[j]);
      }
    }
    for (int axis = 0; axis < 3; ++axis) {
      if ((s.demands.places[f] >> axis & 1) != 0) frame.root[axis] = s.demands.frames[f].root[axis];
    }
  }
}

}  // namespace

Status apply_constraints(motion::Clip& clip, const Constraints& constraints, motion::FootLock foot_lock) {
  if (auto s = validate(constraints, clip.size()); !s) return s;
  if (constraints.empty()) return ok_status();
  if (clip.fps != static_cast<float>(limits::kFps)) {
    return Error{ErrorCode::invalid_argument, "constraints act on dances of 30 frames per second"};
  }
  BlendState state(clip, constraints);
  follow_headings(state);
  cross_fade_kept(state);
  bend_to_keyframes(state);
  keep_height(state);
  place_root(state);
  stand(state, foot_lock);
  snap(state);
  return ok_status();
}

}  // namespace terpsi::generate
