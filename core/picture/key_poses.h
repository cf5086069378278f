#pragma once
// Picks the poses that characterise a dance: wide, on strong beats, unlike each other.

#include <vector>

#include "format/dance.h"

namespace terpsi::picture {

// Up to `count` frames of the dance in order of time, one from each of `count` equal parts of it; fewer when
// the dance has fewer frames, one standing frame when it has none. They are sanitized (motion/sanitize.h)
// and, where there is a choice, face +Z.
std::vector<motion::Frame> key_poses(const format::Dance& dance, int count);

}  // namespace terpsi::picture
