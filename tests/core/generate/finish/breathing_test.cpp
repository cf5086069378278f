#include "generate/finish/breathing.h"

#include <doctest/doctest.h>

#include "generate/finish/opening.h"
#include "measure/metrics.h"
#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::generate;

TEST_CASE("breathing: moves the trunk and arms a little, never the legs, and is no freeze") {
  const motion::Frame stance = standing_pose();
  const auto still = motion::joint_positions(stance);
  motion::Clip clip;
  for (int i = 0; i < 300; ++i) {
    motion::Frame f = stance;
    add_breath(f, i / 30.0, 1.f);
    clip.frames.push_back(f);
    const auto p = motion::joint_positions(f);
    for (int j : {0, 1, 2, 4, 5, 7, 8, 10, 11})
      CHECK_UNARY(p[static_cast<std::size_t>(j)] == still[static_cast<std::size_t>(j)]);
    CHECK((p[motion::kLHand] - still[motion::kLHand]).norm() < 0.05f);
  }
  const auto m = measure::motion_metrics(motion::joint_positions(clip), 30);
  CHECK(m.freeze == 0);
  CHECK(m.magnitude < 0.05);
  motion::Frame same = stance;
  add_breath(same, 0.7, 0.f);
  add_breath(same, 0.7, -1.f);
  CHECK(motion::joint_positions(same) == still);
}
