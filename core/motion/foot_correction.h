#pragma once
// Corrections to one foot's path: it stands while planted, and steps where it slid.

#include <vector>

#include "motion/plants.h"

namespace terpsi::motion {

// One entry per frame.
struct FootCorrection {
  std::vector<Vec3> shift;       // added to ankle and ball, metres
  std::vector<float> weight;     // 1 where planted, fading to 0; where fades overlap it may exceed 1
  std::vector<char> planted;     // 1: the ball stands
  std::vector<float> heel_rise;  // metres by which the ankle then rises about the ball
};

// Shift that puts the ball of the foot on its anchor during each plant and fades smoothly between plants.
FootCorrection plant_foot(const std::vector<Vec3>& ball, const std::vector<Plant>& plants, float fps);

// Makes a foot that slides along the floor step instead. While the ball travels, the foot is kept above its
// standing height: by 2 cm and 8 % of how far it gets, at most 4.7 cm. While any part of the foot travels,
// turning on its ball included, the ankle is kept 4 cm above its own. Both start a few frames early and end a
// few late, so that the heel leaves first and lands last.
void lift_travelling_foot(const std::vector<Vec3>& ankle, const std::vector<Vec3>& ball, float fps,
                          FootCorrection& correction);

}  // namespace terpsi::motion
