#pragma once
// How good a stretch of a dance is, in physical units, so that the best of several can be kept.

#include <span>
#include <vector>

#include "motion/body_pose.h"
#include "motion/clip.h"

namespace terpsi::generate {

struct CandidateSetting {
  std::vector<double> beats;   // of the music, seconds on the motion's clock
  double style_magnitude = 0;  // mean joint speed of the style's real clips, m/s; 0: unknown
  double join = -1;            // seconds; where the motion joins what was danced before; negative: nowhere
  std::span<const motion::BodyPose> danced = {};  // what was danced before and should not come again
};

struct CandidateFigures {
  double beat_excess = 0;      // beat align score above its chance level (beat_metrics.h)
  double foot_skate = 0;       // corrected foot skate ratio (metrics.h)
  double magnitude_ratio = 1;  // mean joint speed / the style's; 1 where that is unknown
  double roughness = 1;        // jitter / that of real clips of this magnitude (kJitterOfSpeed)
  double freeze = 0;           // share of frozen frames (metrics.h)
  double join = 1;  // mean joint acceleration within 0.5 s of the join / that elsewhere; 1 without a join
  // Share of the 2-s windows, one every 0.5 s, with a mean joint distance under 5 cm to some stretch of
  // `danced`.
  double repetition = 0;
};

// Jitter, metres per frame at 30 fps, over mean joint speed, m/s: mean of the 73 clips of the open corpus;
// between clips the two correlate with 0.96.
inline constexpr double kJitterOfSpeed = 0.0128;

// Motion needs 4 frames or more, else all figures keep their defaults.
CandidateFigures candidate_figures(std::span<const motion::JointPositions> joints, double fps,
                                   const CandidateSetting& setting);

// Points, higher is better. One point is a difference that can be seen:
//   beat_excess / 0.05 - foot_skate / 0.05 - |log2 magnitude_ratio| / 0.25 - max(0, roughness - 1) / 0.2
//   - freeze / 0.02 - max(0, join - 1) / 0.5 - repetition / 0.1
double candidate_score(const CandidateFigures& figures);

}  // namespace terpsi::generate
