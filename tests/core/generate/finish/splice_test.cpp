#include "generate/finish/splice.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/generate/dancer.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

// One dance until frame `cut`, another from there on.
motion::Clip cut_dance(std::size_t cut) {
  motion::Clip clip = test::swinging(200, 1.0, 0.2);
  motion::Clip other = test::circling(200);
  for (std::size_t i = cut; i < 200; ++i) {
    clip.frames[i] = other.frames[i];
    clip.frames[i].root.y() -= 0.1f;
    clip.frames[i].rotations[0] = motion::Quat(Eigen::AngleAxisf(2.f, motion::Vec3::UnitY()));
  }
  return clip;
}

// Greatest acceleration of a joint over frames [from, to), m/s^2, seen from the pelvis.
float sharpest(const motion::Clip& clip, std::size_t from, std::size_t to) {
  float most = 0;
  for (std::size_t i = from; i < to; ++i) {
    motion::JointPositions p[3];
    for (std::size_t k = 0; k < 3; ++k) p[k] = motion::joint_positions(clip.frames[i + k - 1]);
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      most = std::max(most, (p[0][j] - 2 * p[1][j] + p[2][j]).norm() * 900);
  }
  return most;
}

}  // namespace

TEST_CASE("splice: nothing to smooth") {
  motion::Clip empty;
  smooth_splices(empty, {0, 1});
  CHECK(empty.frames.empty());
  const motion::Clip dance = test::swinging(60, 1.0, 0.2);
  motion::Clip same = dance;
  smooth_splices(same, {-1, std::nan(""), HUGE_VAL, 0, 0.01, 2.0, 99});
  for (std::size_t i = 0; i < 60; ++i)
    CHECK_UNARY(motion::joint_positions(same.frames[i]) == motion::joint_positions(dance.frames[i]));
  for (std::size_t frames : {1u, 2u, 3u}) {
    motion::Clip brief = test::swinging(frames, 1, 0);
    smooth_splices(brief, {0, 1.0 / 30, 2.0 / 30});
    CHECK(brief.size() == frames);
  }
}

TEST_CASE("splice: a dance without a jump stays nearly as it is") {
  const motion::Clip dance = test::swinging(120, 1.0, 0.2);
  motion::Clip same = dance;
  smooth_splices(same, {2.0});
  for (std::size_t i = 0; i < 120; ++i) {
    const auto a = motion::joint_positions(same.frames[i]), b = motion::joint_positions(dance.frames[i]);
    for (std::size_t j = 0; j < motion::kJoints; ++j) CHECK_UNARY((a[j] - b[j]).norm() < 0.06f);
  }
}

TEST_CASE("splice: a jump becomes a movement of half a second, and frames before and after do not change") {
  const motion::Clip jump = cut_dance(90);
  motion::Clip clip = jump;
  smooth_splices(clip, {2.99});  // frame 90 is the first after
  CHECK(sharpest(jump, 88, 108) > 300);
  CHECK(sharpest(clip, 88, 108) < 0.25f * sharpest(jump, 88, 108));
  for (std::size_t i = 0; i < 200; ++i) {
    if (i >= 90 && i < 105) continue;
    CHECK_UNARY(motion::joint_positions(clip.frames[i]) == motion::joint_positions(jump.frames[i]));
  }
  motion::Clip part = jump;
  part.frames.resize(96);
  smooth_splices(part, {2.99});
  for (std::size_t i = 0; i < 95; ++i)
    CHECK_UNARY(motion::joint_positions(part.frames[i]) == motion::joint_positions(clip.frames[i]));
}
