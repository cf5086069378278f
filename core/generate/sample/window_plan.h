#pragma once
// How a dance of any length is cut into overlapping windows of the network's length.
//
// Windows start every hop = window - overlap frames, so the first windows do not depend on the song's length.
// The last one may run past the end: its surplus frames are generated and dropped. With overlap <= window / 2
// no frame lies in more than two windows.

#include <cstdint>

namespace terpsi::generate {

struct WindowPlan {
  int frames = 0;   // T, frames of the dance
  int window = 0;   // W
  int overlap = 0;  // frames shared by neighbouring windows
  int count = 0;    // number of windows

  int hop() const { return window - overlap; }
  int start(int index) const { return index * hop(); }
};

// Smallest plan that covers `frames`. Values out of range are brought into it: frames >= 0 (0 gives no
// windows), window >= 1, 0 <= overlap <= window / 2.
WindowPlan plan_windows(int frames, int window, int overlap);

// Weight of the later of two neighbouring windows at frame `i` of their overlap: rises from near 0 to near 1
// with zero slope at both ends (smoothstep), so that a cross-fade adds no kink.
float crossfade(int i, int overlap);

}  // namespace terpsi::generate
