#include "generate/finish/finish.h"

#include <algorithm>

#include "generate/finish/beat_warp.h"
#include "generate/finish/ending.h"
#include "generate/finish/opening.h"
#include "generate/finish/splice.h"
#include "generate/finish/stage.h"
#include "measure/beat_metrics.h"
#include "motion/floor.h"
#include "motion/joint_limits.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"
#include "motion/spikes.h"

namespace terpsi::generate {

namespace {

// Seconds of the dance beat that `t` lies in (the last one after the end); 0 where there is none.
double beat_period(const std::vector<double>& beats, double t) {
  auto after = std::upper_bound(beats.begin(), beats.end(), t);
  if (after == beats.begin() || beats.size() < 2) return 0;
  if (after == beats.end()) --after;
  return after == beats.begin() ? 0 : *after - *(after - 1);
}

}  // namespace

motion::Clip finish(std::span<const float> values, const Condition& condition, const FinishOptions& options) {
  const std::size_t frames =
      std::min(values.size() / motion::kMotionDims, static_cast<std::size_t>(std::max(condition.frames, 0)));
  motion::Clip clip = motion::decode(values.first(frames * motion::kMotionDims));
  if (clip.frames.empty()) return clip;
  smooth_splices(clip, condition.splices);
  if (options.beat_snap) {
    const std::vector<double> targets = warp_targets(condition.beats, condition.dance_beats);
    const auto fps = static_cast<double>(clip.fps);
    const std::vector<double> speed = measure::mean_joint_speed(motion::joint_positions(clip), fps);
    BeatWarp warp = find_beat_warp(speed, fps, targets, options.beat_ease);
    warp.hits = condition.section_starts;
    warp.hit = options.section_hit;
    clip = warped(clip, warp);
  }
  keep_on_stage(clip, options.stage_radius);
  open_dance(clip, condition.alive_from, condition.alive_by);
  end_dance(clip, condition.final_beat, beat_period(condition.dance_beats, condition.final_beat));
  motion::limit_upper_body(clip);
  motion::ease_spikes(clip);
  motion::settle_on_floor(clip);
  motion::lock_feet(clip, options.foot_lock);
  return clip;
}

}  // namespace terpsi::generate
