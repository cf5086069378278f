#pragma once
// Motion that is given beforehand: what constraints tell the sampler.

#include <vector>

namespace terpsi::generate {

// Both T x 151 over the frames of a Condition, or both empty: nothing is known.
struct KnownMotion {
  std::vector<float> values;  // motion vectors (motion/motion_vector.h), not normalised; read where mask is 1
  std::vector<float> mask;    // 1 = known, 0 = free

  bool empty() const { return mask.empty(); }
};

}  // namespace terpsi::generate
