#include "generate/finish/finish.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/generate/dancer.h"
#include "motion/motion_vector.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

Condition beats_only(int frames, std::vector<double> beats) {
  Condition c;
  c.frames = frames;
  c.beats = beats;
  c.dance_beats = std::move(beats);
  return c;
}

}  // namespace

TEST_CASE("finish: nothing, odd sizes, values that are not numbers") {
  const Condition c = beats_only(100, test::regular(0, 0.5, 4));
  CHECK(finish({}, c).frames.empty());
  CHECK(finish(std::vector<float>(150), c).frames.empty());
  CHECK(finish(std::vector<float>(151), c).size() == 1);
  CHECK(finish(std::vector<float>(151 * 2 + 7), c).size() == 2);
  CHECK(finish(std::vector<float>(151 * 200), c).size() == 100);
  CHECK(finish(std::vector<float>(151 * 9), Condition{}).frames.empty());
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), HUGE_VALF, -1e30f}) {
    const motion::Clip clip = finish(std::vector<float>(151 * 60, bad), c);
    REQUIRE(clip.size() == 60);
    for (const motion::Frame& f : clip.frames) {
      for (const motion::Quat& q : f.rotations) CHECK_UNARY(std::abs(q.norm() - 1.f) < 1e-3f);
    }
  }
}

TEST_CASE("finish: on the beat, on stage, and switched off piece by piece") {
  const motion::Clip dance = test::swinging(900, 1.0, 0.52, 0.2);
  const std::vector<double> beats = test::regular(0.4, 0.5, 30);
  const std::vector<float> values = motion::encode(dance);
  const Condition c = beats_only(900, beats);
  const motion::Clip done = finish(values, c);
  REQUIRE(done.size() == 900);
  CHECK(test::beat_align_score(done, beats) > 0.8);
  float farthest = 0;
  for (const motion::Frame& f : done.frames)
    farthest = std::max(farthest, std::hypot(f.root.x(), f.root.z()));
  CHECK(farthest < 1.6f);

  FinishOptions plain;
  plain.foot_lock = motion::FootLock::off;
  plain.beat_snap = false;
  plain.stage_radius = 0;
  const motion::Clip same = finish(values, c, plain), decoded = motion::decode(values);
  for (std::size_t i = 0; i < 900; ++i) CHECK_UNARY(same.frames[i].root == decoded.frames[i].root);
  CHECK(test::beat_align_score(same, beats) < test::beat_align_score(done, beats));
}

TEST_CASE("finish: what is older than the lookahead does not change as the dance grows") {
  motion::Clip dance = test::swinging(600, 0.93, 0.2, 0.25);
  for (std::size_t i = 0; i < dance.size(); ++i) {  // walking feet
    const float left = std::sin(static_cast<float>(i) * 0.2f);
    dance.frames[i].rotations[motion::kLHip] =
        motion::Quat(Eigen::AngleAxisf(0.4f * left, motion::Vec3::UnitX()));
    dance.frames[i].rotations[motion::kRHip] =
        motion::Quat(Eigen::AngleAxisf(-0.4f * left, motion::Vec3::UnitX()));
    const float l = left < 0 ? 1.f : 0.f;
    dance.frames[i].contacts = {l, l, 1 - l, 1 - l};
  }
  const std::vector<float> values = motion::encode(dance);
  const Condition c = beats_only(600, test::regular(0.21, 0.52, 20));
  const motion::Clip whole = finish(values, c);
  for (std::size_t frames : {60u, 90u, 91u, 137u, 300u, 470u}) {
    const motion::Clip part = finish(std::span<const float>(values).first(frames * 151), c);
    REQUIRE(part.size() == frames);
    for (std::size_t i = 0; i + static_cast<std::size_t>(kFinishLookahead * 30) < frames; ++i) {
      const auto a = motion::joint_positions(part.frames[i]), b = motion::joint_positions(whole.frames[i]);
      for (std::size_t j = 0; j < motion::kJoints; ++j) CHECK_UNARY((a[j] - b[j]).norm() < 1e-3f);
    }
  }
}
