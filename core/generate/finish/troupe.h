#pragma once
// Several dancers from one dance.

#include <vector>

#include "base/result.h"
#include "generate/plan/condition.h"
#include "motion/clip.h"

namespace terpsi::generate {

enum class Formation {
  unison,  // all dance the same
  mirror,  // every second dancer, one arm of the wedge, dances the mirror image
  canon,   // dancer k comes k times canon_beats later; all reach the last pose together
};

enum class Layout {
  line,   // side by side, the first in the middle
  wedge,  // the first in front (+z), the others behind to the left and right
};

struct TroupeOptions {
  int dancers = 1;  // 1 to limits::kMaxDancers
  Formation formation = Formation::unison;
  Layout layout = Layout::wedge;
  float spacing = 2.f;  // metres between the places of neighbours
  int canon_beats = 2;  // beats of the music, 1 to 16
};

struct Troupe {
  std::vector<motion::Clip> dancers;  // the first is the given dance, moved to its place; all of its length
  float spacing = 0;                  // as it came out, at least as asked for
};

// Joints of two dancers are never nearer to each other in the plane than this, metres: where the dance would
// bring them nearer, all places move apart.
inline constexpr float kClearance = 0.25f;

// `lead` is a finished dance to `condition`. Feet stand as they do in it. Errors: invalid_argument (a number
// out of range), empty (no frames).
Result<Troupe> make_troupe(const motion::Clip& lead, const Condition& condition,
                           const TroupeOptions& options);

}  // namespace terpsi::generate
