#include "generate/sample/window_plan.h"

#include <doctest/doctest.h>

#include <climits>
#include <vector>

using namespace terpsi::generate;

TEST_CASE("window plan: nonsense is brought into range") {
  CHECK(plan_windows(-5, 150, 30).count == 0);
  CHECK(plan_windows(0, 150, 30).count == 0);
  CHECK(plan_windows(10, 0, 0).count == 10);
  CHECK(plan_windows(10, -3, 7).count == 10);
  CHECK(plan_windows(10, 8, 100).overlap == 4);
  CHECK(plan_windows(10, 8, -1).overlap == 0);
  CHECK(plan_windows(INT_MAX, 150, 30).count > 0);
}

TEST_CASE("window plan: every frame is covered, by at most two windows, and no window is idle") {
  for (int frames : {1, 2, 29, 30, 119, 120, 121, 149, 150, 151, 269, 270, 271, 1000, 5400, 27000}) {
    for (int overlap : {0, 1, 30, 60}) {
      const WindowPlan plan = plan_windows(frames, 120, overlap);
      std::vector<int> covered(static_cast<std::size_t>(frames), 0);
      for (int w = 0; w < plan.count; ++w) {
        int fresh = 0;
        for (int f = plan.start(w); f < plan.start(w) + plan.window && f < frames; ++f) {
          fresh += covered[static_cast<std::size_t>(f)]++ == 0;
        }
        CHECK(fresh > 0);
      }
      for (int c : covered) {
        CHECK(c >= 1);
        CHECK(c <= 2);
      }
    }
  }
}

TEST_CASE("crossfade: rises, and the two sides add up to one") {
  for (int overlap : {1, 2, 15, 30}) {
    for (int i = 0; i < overlap; ++i) {
      CHECK(crossfade(i, overlap) > 0.f);
      CHECK(crossfade(i, overlap) < 1.f);
      CHECK(crossfade(i, overlap) + crossfade(overlap - 1 - i, overlap) == doctest::Approx(1));
      if (i > 0) CHECK(crossfade(i, overlap) > crossfade(i - 1, overlap));
    }
  }
}
