#pragma once

#include <vector>

#include "motion/kinematics.h"

namespace terpsi::motion::testing {

// The T-pose, moved along by `step` metres each frame.
inline std::vector<JointPositions> gliding(std::size_t frames, const Vec3& step) {
  std::vector<JointPositions> out(frames, rest_positions());
  for (std::size_t i = 0; i < frames; ++i)
    for (Vec3& p : out[i]) p += static_cast<float>(i) * step;
  return out;
}

}  // namespace terpsi::motion::testing
