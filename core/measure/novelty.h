#pragma once
// How far a dance is from the motion that a model learned from: distance to the nearest training segment by
// dynamic time warping [Ahn 2020], figure 8.

#include <cstddef>
#include <span>
#include <vector>

#include "motion/body_pose.h"

namespace terpsi::measure {

struct Novelty {
  std::size_t segments = 0;  // consecutive pieces of the dance, 4 s each
  double distance = 0;       // mean over them of the distance to the nearest stretch of the reference, metres
  double least = 0;          // of the most similar segment, metres
  double copied = 0;         // share of the segments closer than 5 cm
};

// A segment is sampled every 0.1 s. Each sample is matched to one frame of the reference, 1 to 6 frames after
// the one before at 30 fps: the reference played at a third of its speed to double speed. The distance is the
// mean joint distance of the matched poses, least over all such paths in one stretch of the reference,
// beginning anywhere. A dance that consists of reference motion scores 0. `reference`: stretches without
// gaps, of the same frame rate as the dance. Segments: 0 where the dance is shorter than 4 s or no stretch is
// long enough (1.4 s). Paths that are already worse than the best are abandoned. A 3-minute dance against 15
// minutes takes about a second.
Novelty novelty(std::span<const motion::BodyPose> dance,
                std::span<const std::vector<motion::BodyPose>> reference, double fps);

}  // namespace terpsi::measure
