#include "generate/sample/window_plan.h"

#include <algorithm>

#include "base/curves.h"

namespace terpsi::generate {

WindowPlan plan_windows(int frames, int window, int overlap) {
  WindowPlan plan;
  plan.frames = std::max(frames, 0);
  plan.window = std::max(window, 1);
  plan.overlap = std::clamp(overlap, 0, plan.window / 2);
  if (plan.frames == 0) return plan;
  const int beyond = std::max(plan.frames - plan.window, 0);
  plan.count = 1 + beyond / plan.hop() + (beyond % plan.hop() != 0 ? 1 : 0);
  return plan;
}

float crossfade(int i, int overlap) {
  return smoothstep(static_cast<float>(i + 1) / static_cast<float>(overlap + 1));
}

}  // namespace terpsi::generate
