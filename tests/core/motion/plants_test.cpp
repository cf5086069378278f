#include "motion/plants.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace terpsi::motion;

TEST_CASE("no frames, no plants; labels alone do not plant a foot in the air") {
  CHECK(find_plants({}, {}, true, FootLock::automatic).empty());
  Clip clip;
  clip.frames.resize(30);
  for (Frame& f : clip.frames) {
    f.contacts = {1, 1, 1, 1};
    f.root.y() += 0.3f;
  }
  CHECK(find_plants(clip, world_poses(clip), true, FootLock::automatic).empty());
  CHECK(find_plants(clip, world_poses(clip), true, FootLock::always).size() == 1);
  CHECK(find_plants(clip, world_poses(clip), true, FootLock::off).empty());
}

TEST_CASE("a standing foot is planted without any label") {
  Clip clip;
  clip.frames.resize(30);
  const auto plants = find_plants(clip, world_poses(clip), false, FootLock::automatic);
  REQUIRE(plants.size() == 1);
  CHECK(plants[0].begin == 0);
  CHECK(plants[0].end == 30);
  CHECK_FALSE(plants[0].stepped);
}

TEST_CASE("a drifting foot is let go and planted again; early plants do not depend on the far future") {
  Clip clip;
  clip.frames.resize(300);
  for (std::size_t i = 0; i < 300; ++i) clip.frames[i].root.x() = 0.004f * static_cast<float>(i);  // 12 cm/s
  const std::vector<Pose> poses = world_poses(clip);
  const auto plants = find_plants(clip, poses, true, FootLock::automatic);
  REQUIRE(plants.size() > 5);
  for (std::size_t k = 0; k < plants.size(); ++k) {
    CHECK(plants[k].stepped == (k > 0));
    if (k > 0) CHECK(plants[k].begin > plants[k - 1].end);
    for (std::size_t i = plants[k].begin; i < plants[k].end; ++i)
      CHECK(std::abs(poses[i].positions[kLFoot].x() - plants[k].anchor.x()) < 0.115f);
  }
  Clip shorter = clip;
  shorter.frames.resize(200);
  const auto early = find_plants(shorter, world_poses(shorter), true, FootLock::automatic);
  for (std::size_t k = 0; k < early.size() && early[k].end < 170; ++k) {
    CHECK(early[k].begin == plants[k].begin);
    CHECK(early[k].anchor == plants[k].anchor);
  }
}
