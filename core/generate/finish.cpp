#include "generate/finish.h"

#include <algorithm>

#include "generate/beat_warp.h"
#include "generate/stage.h"
#include "motion/beat_metrics.h"
#include "motion/floor.h"
#include "motion/joint_limits.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"
#include "motion/spikes.h"

namespace terpsi::generate {

motion::Clip finish(std::span<const float> values, const Condition& condition, const FinishOptions& options) {
  const std::size_t frames =
      std::min(values.size() / motion::kMotionDims, static_cast<std::size_t>(std::max(condition.frames, 0)));
  motion::Clip clip = motion::decode(values.first(frames * motion::kMotionDims));
  if (clip.frames.empty()) return clip;
  if (options.beat_snap) {
    const std::vector<double> targets = warp_targets(condition.beats, condition.dance_beats);
    const auto fps = static_cast<double>(clip.fps);
    const std::vector<double> speed = motion::mean_joint_speed(motion::joint_positions(clip), fps);
    clip = warped(clip, find_beat_warp(speed, fps, targets, options.beat_ease));
  }
  keep_on_stage(clip, options.stage_radius);
  motion::limit_upper_body(clip);
  motion::ease_spikes(clip);
  motion::settle_on_floor(clip);
  motion::lock_feet(clip, options.foot_lock);
  return clip;
}

}  // namespace terpsi::generate
