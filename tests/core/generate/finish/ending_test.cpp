#include "generate/finish/ending.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/generate/dancer.h"
#include "generate/finish/finish.h"
#include "measure/metrics.h"
#include "motion/motion_vector.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

// The swinging dancer with a strong pose now and then: arms up at frame `at`.
motion::Clip with_pose(std::size_t frames, std::size_t at) {
  motion::Clip clip = test::swinging(frames, 1.0, 0.5, 0.05);
  for (std::size_t i = at - 20; i < at + 20; ++i) {
    const float w = 0.5f + 0.5f * std::cos(0.157f * (static_cast<float>(i) - static_cast<float>(at)));
    for (const auto& [joint, angle] : {std::pair{motion::kLShoulder, 1.2f}, {motion::kRShoulder, -1.2f}}) {
      motion::Quat& q = clip.frames[i].rotations[static_cast<std::size_t>(joint)];
      q = q.slerp(w, motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitZ())));
    }
  }
  return clip;
}

float hands(const motion::Frame& frame) {
  const auto p = motion::joint_positions(frame);
  return std::min(p[motion::kLHand].y(), p[motion::kRHand].y());
}

// Fastest joint from frame i to i + 1, m/s.
float fastest(const motion::Clip& clip, std::size_t i) {
  const auto a = motion::joint_positions(clip.frames[i]), b = motion::joint_positions(clip.frames[i + 1]);
  float most = 0.f;
  for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (b[j] - a[j]).norm() * clip.fps);
  return most;
}

}  // namespace

TEST_CASE("ending: nothing to end") {
  motion::Clip empty;
  end_dance(empty, 3, 0.5);
  CHECK(empty.frames.empty());
  const motion::Clip dance = test::swinging(100, 1.0, 0.5);
  const double nan = std::nan("");
  for (double beat : {-1.0, nan, 0.3, 4.5, 1e300, HUGE_VAL}) {
    motion::Clip same = dance;
    end_dance(same, beat, 0.5);
    for (std::size_t i = 0; i < 100; ++i) CHECK_UNARY(same.frames[i].root == dance.frames[i].root);
  }
  for (double period : {nan, -3.0, HUGE_VAL}) {
    motion::Clip ended = dance;
    end_dance(ended, 2.5, period);
    for (const motion::Frame& f : ended.frames) {
      for (const motion::Quat& q : f.rotations) CHECK_UNARY(std::abs(q.norm() - 1.f) < 1e-3f);
    }
  }
}

TEST_CASE("ending: the far-reaching pose of the dance is struck on the beat and held, breathing") {
  motion::Clip clip = with_pose(900, 500);
  const motion::Clip before = clip;
  const double beat = 26;
  end_dance(clip, beat, 0.5);
  for (std::size_t i = 0; i <= 765; ++i)  // until 0.5 s before
    CHECK_UNARY(motion::joint_positions(clip.frames[i]) == motion::joint_positions(before.frames[i]));
  CHECK(hands(clip.frames[790]) > 1.5f);
  CHECK(hands(before.frames[790]) < 1.4f);
  CHECK(fastest(clip, 781) < 0.1f);
  float least = 1e9f, most = 0;
  for (std::size_t i = 810; i + 1 < 900; ++i) {
    least = std::min(least, fastest(clip, i));
    most = std::max(most, fastest(clip, i));
  }
  CHECK(most < 0.12f);
  CHECK(most > 0.03f);
  motion::Clip held;
  held.frames.assign(clip.frames.begin() + 800, clip.frames.end());
  CHECK(measure::motion_metrics(motion::joint_positions(held), 30).freeze == 0);  // not a mechanical freeze
  const auto feet = motion::joint_positions(clip.frames[800]),
             last = motion::joint_positions(clip.frames[899]);
  for (int j : {motion::kLAnkle, motion::kRAnkle, motion::kLFoot, motion::kRFoot})
    CHECK((feet[static_cast<std::size_t>(j)] - last[static_cast<std::size_t>(j)]).norm() < 1e-4f);
}

TEST_CASE("ending: the pose is reached without a jerk") {
  motion::Clip clip = with_pose(600, 300);
  const auto jerk = [](const motion::Clip& c, std::size_t from, std::size_t to) {
    motion::Clip part;
    part.frames.assign(c.frames.begin() + static_cast<std::ptrdiff_t>(from),
                       c.frames.begin() + static_cast<std::ptrdiff_t>(to));
    return measure::motion_metrics(motion::joint_positions(part), 30).jerk;
  };
  const double lively = jerk(clip, 200, 420);
  end_dance(clip, 16, 0.5);
  CHECK(jerk(clip, 455, 490) < 3 * lively);
}

TEST_CASE("ending: poses out of balance are not chosen") {
  motion::Clip clip = with_pose(900, 500);
  for (motion::Frame& f : clip.frames) {
    if (hands(f) > 1.4f) f.root.y() += 0.3f;  // in the air
  }
  end_dance(clip, 26, 0.5);
  const auto p = motion::joint_positions(clip.frames[850]);
  CHECK(p[motion::kLAnkle].y() < 0.15f);
  CHECK(hands(clip.frames[850]) < 1.5f);
}

TEST_CASE("ending: as part of the finish, frames that were final stay") {
  const motion::Clip dance = with_pose(600, 300);
  const std::vector<float> values = motion::encode(dance);
  Condition c;
  c.frames = 600;
  c.beats = c.dance_beats = test::regular(0.1, 0.5, 20);
  c.final_beat = 17.1;
  c.alive_from = 0.1;
  c.alive_by = 2.1;
  c.section_starts = {6.1, 10.1, 15.6};
  const motion::Clip whole = finish(values, c);
  CHECK(fastest(whole, 530) < 0.1f);
  CHECK(fastest(whole, 1) < 0.1f);
  for (std::size_t frames : {50u, 90u, 300u, 470u, 497u, 499u, 505u, 515u, 530u, 560u}) {
    const motion::Clip part = finish(std::span<const float>(values).first(frames * 151), c);
    REQUIRE(part.size() == frames);
    for (std::size_t i = 0; i + static_cast<std::size_t>(kFinishLookahead * 30) < frames; ++i) {
      const auto a = motion::joint_positions(part.frames[i]), b = motion::joint_positions(whole.frames[i]);
      for (std::size_t j = 0; j < motion::kJoints; ++j) CHECK_UNARY((a[j] - b[j]).norm() < 1e-3f);
    }
  }
}
