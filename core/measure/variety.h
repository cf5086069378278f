#pragma once
// How much of a dance looks like something danced before: unlike repetition.h, a turned body looks different.

#include <cstddef>
#include <span>

#include "audio/music.h"
#include "motion/clip.h"

namespace terpsi::measure {

struct Variety {
  std::size_t windows = 0;  // of 2 s, one a second; 0 where there are fewer than three
  double repetition = 0;    // share with another window nearer than 5 cm
  // The same without pairs in two instances of one returning section: windows whose middles lie in two sections with
  // one label. A chorus that returns may be danced as before.
  double repetition_but_returns = 0;
};

// A window is 10 poses, 0.2 s apart (of the frames at or before them), without the pelvis's place in the plane; its
// heading and height stay. The distance of two windows is the mean of the absolute differences of all coordinates; the
// other window begins at least 2 s earlier or later. Sections: seconds from the first frame. Positions must
// be finite.
Variety variety(std::span<const motion::JointPositions> joints, double fps,
                std::span<const audio::Section> sections = {});

}  // namespace terpsi::measure
