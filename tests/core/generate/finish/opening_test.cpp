#include "generate/finish/opening.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/generate/dancer.h"
#include "motion/heading.h"
#include "motion/rotation.h"

using namespace terpsi;
using namespace terpsi::generate;

TEST_CASE("opening: nothing to open") {
  motion::Clip empty;
  open_dance(empty, 0, 2);
  CHECK(empty.frames.empty());
  const motion::Clip dance = test::swinging(100, 1.0, 0.5);
  const double nan = std::nan("");
  for (const auto& [from, by] :
       {std::pair{0.0, 0.0}, {2.0, 1.0}, {nan, 1.0}, {0.0, nan}, {0.0, HUGE_VAL}, {-9.0, -8.0}}) {
    motion::Clip same = dance;
    open_dance(same, from, by);
    for (std::size_t i = 0; i < 100; ++i)
      CHECK_UNARY(motion::joint_positions(same.frames[i]) == motion::joint_positions(dance.frames[i]));
  }
}

TEST_CASE("opening: the stance stands: symmetrical, soles on the floor, the body over its feet") {
  const auto p = motion::joint_positions(standing_pose());
  for (int j : {motion::kLAnkle, motion::kRAnkle})
    CHECK(p[static_cast<std::size_t>(j)].y() == doctest::Approx(0.07).epsilon(0.1));
  for (int j : {motion::kLFoot, motion::kRFoot})
    CHECK(p[static_cast<std::size_t>(j)].y() == doctest::Approx(0.02).epsilon(0.1));
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    const auto& mirror = p[static_cast<std::size_t>(motion::kMirror[j])];
    CHECK((p[j] - motion::Vec3(-mirror.x(), mirror.y(), mirror.z())).norm() < 1e-5f);
  }
  CHECK(p[motion::kHead].y() > 1.4f);
  CHECK(p[motion::kLHand].y() < p[motion::kPelvis].y());
  CHECK(p[motion::kLHand].x() > p[motion::kLHip].x() + 0.05f);
  CHECK(std::abs(p[motion::kPelvis].z() - 0.5f * (p[motion::kLAnkle].z() + p[motion::kLFoot].z())) < 0.09f);
}

TEST_CASE("opening: still at first, then growing into the dance, without a jump") {
  motion::Clip clip = test::swinging(120, 1.0, 0.5, 0.1);
  for (motion::Frame& f : clip.frames) {  // looks to the side
    f.rotations[0] = motion::Quat(Eigen::AngleAxisf(1.f, motion::Vec3::UnitY()));
    f.root.z() += 2.f;
  }
  const motion::Clip dance = clip;
  open_dance(clip, 0.5, 2.0);
  const motion::Vec3 front = clip.frames[0].rotations[0] * motion::Vec3::UnitZ();
  CHECK(std::atan2(front.x(), front.z()) == doctest::Approx(1).epsilon(0.01));
  CHECK(clip.frames[0].root.z() == doctest::Approx(2));
  for (std::size_t i = 60; i < 120; ++i)
    CHECK_UNARY(motion::joint_positions(clip.frames[i]) == motion::joint_positions(dance.frames[i]));
  float still = 0, fastest = 0, before = 0;
  for (std::size_t i = 0; i + 1 < 120; ++i) {
    const auto a = motion::joint_positions(clip.frames[i]), b = motion::joint_positions(clip.frames[i + 1]);
    float most = 0;
    for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (b[j] - a[j]).norm() * 30);
    if (i < 15) still = std::max(still, most);
    if (i < 60) fastest = std::max(fastest, most);
    if (i >= 60) before = std::max(before, most);
  }
  CHECK(still < 0.08f);
  CHECK(fastest < 1.3f * before);
}

TEST_CASE(
    "opening: a dance that turns away meanwhile is reached by turning, and no frame waits for later ones") {
  motion::Clip clip = test::swinging(120, 1.0, 0.5);
  for (std::size_t i = 0; i < clip.size(); ++i)  // faces the other way and beyond while it comes alive
    clip.frames[i].rotations[0] = motion::turned(0.06 * static_cast<double>(i)) * clip.frames[i].rotations[0];
  motion::Clip part = clip;
  part.frames.resize(40);
  open_dance(clip, 0.5, 2.5);
  open_dance(part, 0.5, 2.5);
  for (std::size_t i = 0; i < part.size(); ++i)
    CHECK_UNARY(motion::joint_positions(part.frames[i]) == motion::joint_positions(clip.frames[i]));
  for (std::size_t i = 0; i + 1 < clip.size(); ++i) {
    const motion::Quat step = clip.frames[i].rotations[0].conjugate() * clip.frames[i + 1].rotations[0];
    CHECK(motion::angle_of(step) < 0.35f);
  }
}
