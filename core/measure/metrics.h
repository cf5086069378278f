#pragma once
// Quality figures of a motion without regard to music. Metres and seconds; y is up. Where published code has
// a flaw both versions are here: `_ref` as published, and the corrected one.

#include <cstddef>
#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::measure {

struct MotionMetrics {
  double magnitude = 0;  // mean joint speed, m/s
  double freeze = 0;     // share of frame steps within >= 0.5 s during which every joint stays under 3 cm/s
  double jitter = 0;     // mean |second difference| of joint positions per frame, metres
  double acceleration = 0;  // jitter times fps^2, m/s^2
  double jerk = 0;          // mean |third difference| times fps^3, m/s^3
  double jerk_peak = 0;     // 99.9th percentile over time of the joints' mean jerk / its mean; 0 without jerk

  // Physical foot contact [Tseng 2023]: 1e4 x mean of (lesser of the steps of left ankle and left ball in the
  // plane) x (the same on the right) x acceleration of the root with its downward part removed, divided by
  // the greatest such acceleration of the clip. Steps are per frame: compare clips of equal fps only. Frozen
  // motion scores 0.
  double pfc = 0;

  // Foot contact: ankle at most 8 cm and ball at most 5 cm above the clip's floor (the lowest 1 % of foot
  // joints). A contact step slides when the foot (mean of ankle and ball) moves more than 0.01 m per 1/30 s
  // in the plane.
  double contact = 0;         // contact steps / steps, mean of both feet
  double foot_skate = 0;      // sliding contact steps / contact steps; 0 without contact
  double foot_skate_ref = 0;  // the same with |mean(vx, vz)| for the speed, blind along vx = -vz
  double skate_speed = 0;     // mean speed of the foot in the plane while in contact, m/s

  // Mean height of the lowest point of the body (motion/floor.h) where above y = 0, mean depth where below,
  // metres. `_ref`: of the lowest joint, without the body around it.
  double floating = 0, penetration = 0;
  double floating_ref = 0, penetration_ref = 0;

  double bone_deviation = 0;  // D_bone [He 2026]: mean over frames and bones of |length - ours| / ours
  double symmetry = 0;        // S_sym, see symmetry_score
};

// Metrics that need more frames than there are (2, 3, 4) are 0. Positions must be finite.
MotionMetrics motion_metrics(std::span<const motion::JointPositions> joints, double fps);

// S_sym [He 2026]: mean over frames and pairs of joints of 1 - |left - mirrored right| / c, where both are
// seen from the pelvis with the heading of the hips removed and c is the mean of their distances from the
// pelvis. 1 = a perfectly symmetrical pose.
double symmetry_score(std::span<const motion::JointPositions> joints);

// Smoothness index [Alam 2025], percent: 200 / (1 + jerk / reference_jerk), at most 100. Motion as smooth as
// the reference scores 100, and so does any that is smoother: look at the raw jerks too. 0 unless both are
// finite, the jerk not negative and the reference positive.
double smoothness_index(double jerk, double reference_jerk);

// Mean absolute error [Alam 2025] against the real dance to the same music: mean distance of the joints,
// metres, both seen from their own pelvis in world axes, over the frames that both have. 0 without frames.
double paired_error(std::span<const motion::JointPositions> joints,
                    std::span<const motion::JointPositions> real);

// Mean jerk over the frames within 0.1 s of a seam, divided by the mean jerk elsewhere: 1 = seams do not
// show. 0 without seams. A seam is the first frame of a new window.
double seam_jerk_ratio(std::span<const motion::JointPositions> joints, double fps,
                       std::span<const std::size_t> seams);

}  // namespace terpsi::measure
