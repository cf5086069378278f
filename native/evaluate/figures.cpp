#include "native/evaluate/figures.h"

#include "base/limits.h"
#include "measure/beat_metrics.h"
#include "measure/metrics.h"
#include "measure/repetition.h"
#include "motion/joint_limits.h"

namespace terpsi::native {

namespace {

motion::JointLimitShares shares_of(std::span<const motion::Frame> frames) {
  motion::Clip clip;
  clip.frames.assign(frames.begin(), frames.end());
  return motion::outside_shares(clip);
}

}  // namespace

Figures beat_figures(std::span<const motion::JointPositions> joints, std::span<const double> beats) {
  const auto m = measure::beat_metrics(joints, limits::kFps, beats);
  return {{"music_beats", m.music_beats},
          {"dance_beats", m.dance_beats},
          {"bas", m.score},
          {"bas_ref", m.score_ref},
          {"bas_chance", m.chance},
          {"bas_excess", m.excess},
          {"beat_precision", m.precision},
          {"beat_recall", m.recall},
          {"beat_f1", m.f1},
          {"rhythm_alignment", m.rhythm_alignment},
          {"sync_error_s", m.sync_error},
          {"beat_alignment_error_s", m.alignment_error},
          {"beat_alignment_error_ref_s", m.alignment_error_ref}};
}

Figures motion_figures(std::span<const motion::JointPositions> joints) {
  const auto m = measure::motion_metrics(joints, limits::kFps);
  Figures json = {{"foot_skate", m.foot_skate},
                  {"foot_skate_ref", m.foot_skate_ref},
                  {"skate_speed", m.skate_speed},
                  {"contact", m.contact},
                  {"freeze", m.freeze},
                  {"magnitude", m.magnitude},
                  {"jitter", m.jitter},
                  {"acceleration", m.acceleration},
                  {"jerk", m.jerk},
                  {"pfc", m.pfc},
                  {"floating", m.floating},
                  {"floating_ref", m.floating_ref},
                  {"penetration", m.penetration},
                  {"penetration_ref", m.penetration_ref},
                  {"bone_deviation", m.bone_deviation},
                  {"symmetry", m.symmetry}};
  const auto r = measure::repetition(motion::body_poses(joints), limits::kFps);
  if (r.windows > 0) {
    json["repetition"] = r.share;
    json["repetition_distance"] = r.distance;
  }
  return json;
}

Figures limit_figures(std::span<const motion::Frame> frames) {
  const auto shares = shares_of(frames);
  double sum = 0;
  for (const double share : shares.joint) sum += share;
  return {{"joint_limits", sum / (motion::kJoints - 1)}, {"joint_limits_any", shares.any}};
}

nlohmann::ordered_json limits_by_joint(std::span<const motion::Frame> frames) {
  const auto shares = shares_of(frames);
  nlohmann::ordered_json json;
  for (std::size_t j = 1; j < motion::kJoints; ++j)
    json[std::string(motion::kJointNames[j])] = shares.joint[j];
  return json;
}

}  // namespace terpsi::native
