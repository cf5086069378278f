#include "generate/finish/frame_blend.h"

namespace terpsi::generate {

motion::Frame blended(const motion::Frame& a, const motion::Frame& b, float weight) {
  motion::Frame out;
  out.root = (1.f - weight) * a.root + weight * b.root;
  for (std::size_t j = 0; j < motion::kJoints; ++j)
    out.rotations[j] = a.rotations[j].slerp(weight, b.rotations[j]).normalized();
  for (std::size_t k = 0; k < motion::kContacts; ++k)
    out.contacts[k] = (1.f - weight) * a.contacts[k] + weight * b.contacts[k];
  return out;
}

}  // namespace terpsi::generate
