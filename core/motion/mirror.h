#pragma once
// Mirror images: reflection in the plane x = 0.

#include "motion/clip.h"

namespace terpsi::motion {

// Turns about x stay, those about y and z go the other way.
inline Quat mirrored(const Quat& q) {
  return {q.w(), q.x(), -q.y(), -q.z()};
}

// Left and right exchanged, contacts too. mirrored(mirrored(f)) is f.
Frame mirrored(const Frame& frame);
Clip mirrored(const Clip& clip);

}  // namespace terpsi::motion
