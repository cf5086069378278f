#pragma once
// Numbers about a motion that need no music. Metres and seconds; y is up. Where the field's code has a flaw
// both versions are here: `_ref` as published, and the corrected one.

#include <cstddef>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::measure {

struct MotionMetrics {
  double magnitude = 0;  // mean joint speed, m/s
  double freeze = 0;     // share of frame steps within >= 0.5 s during which every joint stays under 3 cm/s
  double jitter = 0;     // mean |second difference| of joint positions per frame, metres
  double acceleration = 0;  // the same times fps^2, m/s^2
  double jerk = 0;          // mean |third difference| times fps^3, m/s^3

  // PFC (EDGE): 1e4 x mean of (least of ankle's and toe's step in the plane, left) x (right) x root
  // acceleration with its downward part removed, divided by its maximum over the clip. Steps are per frame:
  // compare clips of equal fps only. Frozen motion scores 0.
  double pfc = 0;

  // Foot contact: ankle at most 8 cm and toe at most 5 cm above the clip's floor (the lowest 1 % of foot
  // joints). A contact step slides when the foot (mean of ankle and toe) moves more than 0.01 m per 1/30 s in
  // the plane.
  double contact = 0;         // contact steps / steps, mean of both feet
  double foot_skate = 0;      // sliding contact steps / contact steps; 0 without contact
  double foot_skate_ref = 0;  // the same with |mean(vx, vz)| for the speed, blind along vx = -vz
  double skate_speed = 0;     // mean speed of the foot in the plane while in contact, m/s

  double floating =
      0;  // mean height of the lowest point of the body where above the floor y = 0 (see floor.h), metres
  double penetration = 0;                        // mean depth of it where below, metres
  double floating_ref = 0, penetration_ref = 0;  // the same of the lowest joint, whose flesh is not counted

  double bone_deviation = 0;  // D_bone: mean over frames and bones of |length - ours| / ours
  double symmetry = 0;        // S_sym, see symmetry_score
};

// Metrics that need more frames than there are (2, 3, 4) are 0. Positions must be finite.
MotionMetrics motion_metrics(std::span<const motion::JointPositions> joints, double fps);

// S_sym: mean over frames and pairs of 1 - |left - mirrored right| / c, where both are seen from the pelvis
// with the facing direction (hips and up) removed and c is the mean of their distances from the pelvis. 1 = a
// perfectly symmetrical pose.
double symmetry_score(std::span<const motion::JointPositions> joints);

// Smoothness index of seed paper 000: 200 / (1 + jerk / reference_jerk), at most 100; percent. Motion as
// smooth as the reference has 100, and so has any that is smoother: look at the raw jerks too. 0 unless both
// are finite, the jerk not negative and the reference positive.
double smoothness_index(double jerk, double reference_jerk);

// MAE of seed paper 000 against the real dance to the same music: mean distance of the joints, metres, both
// seen from their own pelvis in world axes, over the frames that both have. 0 without frames.
double paired_error(std::span<const motion::JointPositions> joints,
                    std::span<const motion::JointPositions> real);

// Mean jerk over the frames within 0.1 s of a seam, divided by the mean jerk elsewhere. 1 = seams cannot be
// told. 0 without seams. A seam is the first frame of a new window.
double seam_jerk_ratio(std::span<const motion::JointPositions> joints, double fps,
                       std::span<const std::size_t> seams);

}  // namespace terpsi::measure
