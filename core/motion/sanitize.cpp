#include "motion/sanitize.h"

#include "motion/rotation.h"

namespace terpsi::motion {

Frame sanitized(const Frame& frame, const Frame& last) {
  Frame out = last;
  if (frame.root.allFinite() && frame.root.cwiseAbs().maxCoeff() < 1e6f) out.root = frame.root;
  for (std::size_t j = 0; j < kJoints; ++j) {
    const float norm = frame.rotations[j].norm();
    if (!(norm > 1e-3f && norm < 1e3f)) continue;
    Quat unit = frame.rotations[j];
    unit.coeffs() /= norm;
    out.rotations[j] = same_hemisphere(unit, last.rotations[j]);
  }
  for (std::size_t c = 0; c < kContacts; ++c)
    if (frame.contacts[c] >= 0 && frame.contacts[c] <= 1) out.contacts[c] = frame.contacts[c];
  return out;
}

}  // namespace terpsi::motion
