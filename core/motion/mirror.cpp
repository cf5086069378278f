#include "motion/mirror.h"

#include <utility>

namespace terpsi::motion {

Frame mirrored(const Frame& frame) {
  Frame out;
  out.root = {-frame.root.x(), frame.root.y(), frame.root.z()};
  for (std::size_t j = 0; j < kJoints; ++j)
    out.rotations[j] = mirrored(frame.rotations[static_cast<std::size_t>(kMirror[j])]);
  out.contacts = frame.contacts;
  std::swap(out.contacts[kContactLAnkle], out.contacts[kContactRAnkle]);
  std::swap(out.contacts[kContactLFoot], out.contacts[kContactRFoot]);
  return out;
}

Clip mirrored(const Clip& clip) {
  Clip out;
  out.fps = clip.fps;
  out.frames.reserve(clip.size());
  for (const Frame& frame : clip.frames) out.frames.push_back(mirrored(frame));
  return out;
}

}  // namespace terpsi::motion
