#pragma once
// How well a dance keeps time with its music. All times are seconds; frame i of a motion is at i / fps.

#include <span>
#include <vector>

#include "motion/clip.h"

namespace terpsi::measure {

// Mean over the joints of the distance each moves from frame i to i + 1, m/s; size frames - 1.
std::vector<double> mean_joint_speed(std::span<const motion::JointPositions> joints, double fps);

// Times of the strict local minima of the mean joint speed after Gaussian smoothing with a standard deviation
// of 83.3 ms (5 frames at 60 fps; kernel cut at 4 deviations, ends reflected). Speed i is taken to be at
// frame i, as in the published metric [Siyao 2022].
std::vector<double> dance_beats(std::span<const motion::JointPositions> joints, double fps);

// As the published code finds them whatever the frame rate: the deviation is 5 frames. The same at 60 fps.
std::vector<double> dance_beats_ref(std::span<const motion::JointPositions> joints, double fps);

struct BeatMetrics {
  int music_beats = 0, dance_beats = 0;  // music beats within the motion

  // Beat align score [Siyao 2022]: mean over music beats of exp(-d^2 / (2 (50 ms)^2)), d to the nearest dance
  // beat.
  double score = 0;
  // As the published code computes it whatever the frame rate: dance_beats_ref, and 3 frames in place of 50
  // ms.
  double score_ref = 0;
  // Mean score of 40 shifts of the music beats by 0.15 to 0.85 (evenly spread) of their median period.
  double chance = 0;
  double excess = 0;  // score - chance

  double precision = 0, recall = 0, f1 = 0;  // dance beats against music beats, one to one, within 70 ms
  double rhythm_alignment = 0;               // share of music beats with a dance beat within 100 ms
  double sync_error = 0;                     // median of d, seconds; 0 if there are no dance beats

  // Beat alignment error [He 2026]: mean time from a salient point of the motion to the nearest music beat,
  // seconds. `_ref`: local maxima of the smoothed mean joint speed above its mean, as the paper says; a dance
  // that rests on every beat then errs by half a period. The corrected one takes the rests, minima below the
  // mean. A dance that ignores the music errs by a quarter of the period. 0 if there are no such points.
  double alignment_error = 0, alignment_error_ref = 0;
};

// Music beats outside the motion do not count. All zero if there are none, or fewer than 3 frames.
BeatMetrics beat_metrics(std::span<const motion::JointPositions> joints, double fps,
                         std::span<const double> music_beats);

// The score alone, for beats from anywhere (music beats finite, dance beats ascending); sigma in seconds.
double beat_align_score(std::span<const double> music_beats, std::span<const double> dance_beats,
                        double sigma = 0.050);

}  // namespace terpsi::measure
