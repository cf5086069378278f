#pragma once
// Dancing on the beat: a gentle, monotone change of the dance's clock that puts speed minima (where a
// movement arrives) on music beats, and lingers a little on every beat.

#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::generate {

// Output time t shows the motion of source time snap(ease(strike(t))). All are continuous with continuous
// rate.
//   ease    between beats b and b + g the rate is 1 - amplitude cos(2 pi (t - b) / g): slow on the beat,
//           quick between
//   strike  within kStrikeReach of a hit at h: t - hit u (1 - (u / reach)^2)^2 with u = t - h; the movement
//           comes in early, nearly stops on h and catches up
//   snap    t + d(t), where d runs through (knot, offset) pairs with zero slope there (smoothstep between)
struct BeatWarp {
  std::vector<double> beats;    // seconds, ascending
  float amplitude = 0.f;        // of the ease, 0 to 0.8
  std::vector<double> knots;    // seconds, ascending
  std::vector<double> offsets;  // seconds, one per knot
  std::vector<bool> may_move;   // the knot is a target (others keep offset 0)
  std::vector<double> hits;     // seconds, ascending; moments to be struck
  float hit = 0.f;              // how hard, 0 to 0.8: the share of the rate that is taken away there

  double ease(double t) const;
  double snap(double t) const;
  double strike(double t) const;
  double source_time(double t) const { return snap(ease(strike(t))); }
};

inline constexpr double kStrikeReach = 0.3;  // seconds before and after a hit
inline constexpr double kSnapReach = 0.16;  // seconds a minimum may be away from its beat (0.3 beats at most)
inline constexpr double kSnapLookahead = 0.40;   // seconds of motion after a beat that its offset depends on
inline constexpr double kLongestKnotGap = 0.55;  // seconds
inline constexpr double kSlowestRate = 0.7, kFastestRate = 1.35;  // of the snap

// Targets for the warp: the music's beats and, between them, dance beats at least 0.3 s from both neighbours.
std::vector<double> warp_targets(const std::vector<double>& beats, const std::vector<double>& dance_beats);

// speed: raw mean joint speed of frame i to i + 1, m/s (measure::mean_joint_speed), of the motion made so
// far. Beats less than kSnapLookahead before its end are left alone, and more motion does not change
// source_time(t) for t < end - kLongestKnotGap - kSnapLookahead.
BeatWarp find_beat_warp(std::span<const double> speed, double fps, const std::vector<double>& targets,
                        float amplitude);

// The clip at the source times of its frames: cubic in root and rotations, linear in contacts.
motion::Clip warped(const motion::Clip& clip, const BeatWarp& warp);

}  // namespace terpsi::generate
