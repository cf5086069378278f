#include "picture/key_poses.h"

#include <doctest/doctest.h>

#include "core/format/sample_dance.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi;
using picture::key_poses;

namespace {
motion::Quat about_z(float angle) {
  return motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitZ()));
}

// Stands with the arms down.
motion::Frame plain() {
  motion::Frame f;
  f.rotations[motion::kLShoulder] = about_z(-1.3f);
  f.rotations[motion::kRShoulder] = about_z(1.3f);
  return f;
}
}  // namespace

TEST_CASE("dances of few frames, or none, have as many poses") {
  CHECK(key_poses({}, 5).size() == 1);
  CHECK(key_poses(test::sample_dance(1), 5).size() == 1);
  CHECK(key_poses(test::sample_dance(3), 5).size() == 3);
  CHECK(key_poses(test::sample_dance(500), 5).size() == 5);
  CHECK(key_poses(test::sample_dance(500), 0).size() == 1);
  for (const motion::Frame& f : key_poses(test::sample_dance(500), 5))
    for (const motion::Quat& q : f.rotations) CHECK(motion::is_unit(q));
}

TEST_CASE("wide poses are chosen, one from each part") {
  format::Dance dance;
  dance.clip.frames.assign(300, plain());
  for (const std::size_t i : {17u, 130u, 299u}) {
    dance.clip.frames[i].rotations[motion::kLShoulder] = about_z(0.2f);
    dance.clip.frames[i].root.x() = static_cast<float>(i);
  }
  const auto poses = key_poses(dance, 3);
  REQUIRE(poses.size() == 3);
  CHECK(poses[0].root.x() == 17);
  CHECK(poses[1].root.x() == 130);
  CHECK(poses[2].root.x() == 299);
}

TEST_CASE("of equal poses the one on a first beat is chosen") {
  format::Dance dance;
  dance.clip.frames.assign(90, plain());
  for (std::size_t i = 0; i < 90; ++i) dance.clip.frames[i].root.x() = static_cast<float>(i);
  dance.beats = {0.5, 1.0, 1.5, 2.0};
  dance.beat_in_bar = {3, 4, 1, 2};
  const auto poses = key_poses(dance, 1);
  REQUIRE(poses.size() == 1);
  CHECK(poses[0].root.x() == 45);
}

TEST_CASE("faces are preferred to backs") {
  format::Dance dance;
  dance.clip.frames.assign(60, plain());
  for (std::size_t i = 0; i < 60; ++i) {
    dance.clip.frames[i].root.x() = static_cast<float>(i);
    if (i < 40)
      dance.clip.frames[i].rotations[0] = motion::Quat(Eigen::AngleAxisf(3.1f, motion::Vec3::UnitY()));
  }
  CHECK(key_poses(dance, 1)[0].root.x() >= 40);
}
