#include "generate/constrain/constraint_blend.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "core/generate/constrain/obedience.h"
#include "core/motion/random_motion.h"
#include "generate/finish/finish.h"
#include "measure/metrics.h"
#include "motion/foot_lock.h"
#include "motion/heading.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

using namespace terpsi;
using namespace terpsi::generate;
using motion::Clip;
using motion::testing::dancing;
using motion::testing::largest_distance;
using motion::testing::turn;

namespace {

constexpr double kMillimetre = 0.001, kTenthOfDegree = 0.1;

JointSet part(const char* name) {
  return find_body_part(name)->joints;
}

// A lively dancer who steps: as dancing(), other phases, with steps to the side and arms at twice the tempo.
Clip stepping(std::size_t frames, float phase) {
  Clip clip = dancing(frames, 0.2f);
  for (std::size_t i = 0; i < frames; ++i) {
    const float t = static_cast<float>(i) / 30.f + phase;
    auto& f = clip.frames[i];
    f.root.x() += 0.15f * std::sin(2.f * t);
    f.rotations[motion::kRShoulder] = turn(0.3f - 0.9f * std::sin(7 * t), motion::Vec3::UnitZ());
    f.rotations[motion::kLElbow] = turn(-1.2f - 0.6f * std::sin(9 * t), motion::Vec3::UnitY());
    f.rotations[motion::kSpine2] = turn(0.25f * std::sin(4 * t), motion::Vec3::UnitY());
    f.rotations[motion::kHead] = turn(0.2f * std::sin(3 * t), motion::Vec3::UnitX());
    const float lift = std::max(0.f, std::sin(4 * t));  // the left foot steps
    f.rotations[motion::kLHip] = turn(-0.5f * lift, motion::Vec3::UnitX()) * f.rotations[motion::kLHip];
    f.rotations[motion::kLKnee] = turn(0.9f * lift, motion::Vec3::UnitX()) * f.rotations[motion::kLKnee];
  }
  motion::lock_feet(clip, motion::FootLock::automatic);
  return clip;
}

Keyframe pose_of(const Clip& clip, std::size_t frame, double time, const char* name = "whole") {
  Keyframe key;
  key.time = time;
  key.joints = part(name);
  key.rotations = clip.frames[frame].rotations;
  return key;
}

// Applies and checks what holds for any constraints: exact, finite, unit, far frames untouched, no more jerk
// than `jerk` times what the dance has on the average or had there. Returns the result.
Clip obeyed(const Clip& dance, const Constraints& c, double jerk = 1.1) {
  Clip clip = dance;
  const auto status = apply_constraints(clip, c);
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  REQUIRE(clip.size() == dance.size());
  const Demands d = demands(c, dance.size());
  const test::Disobedience off = test::disobedience(clip, d);
  CHECK(off.metres < kMillimetre);
  CHECK(off.degrees < kTenthOfDegree);
  bool good = true;
  for (const auto& frame : clip.frames) {
    good = good && frame.root.allFinite();
    for (const auto& q : frame.rotations) good = good && std::abs(q.norm() - 1.f) < 1e-3f;
  }
  CHECK(good);
  std::vector<std::size_t> distance(dance.size(), 100000);
  for (std::size_t f = 0; f < dance.size(); ++f) {
    if (d.joints[f] != 0 || d.places[f] != 0) distance[f] = 0;
    if (f > 0) distance[f] = std::min(distance[f], distance[f - 1] + 1);
  }
  for (std::size_t f = dance.size(); f-- > 1;) distance[f - 1] = std::min(distance[f - 1], distance[f] + 1);
  const auto a = motion::joint_positions(dance), b = motion::joint_positions(clip);
  float changed = 0;
  for (std::size_t f = 0; f < dance.size(); ++f) {
    if (static_cast<double>(distance[f]) / 30 > kConstraintReach)
      changed = std::max(changed, largest_distance(a[f], b[f]));
  }
  CHECK(changed == 0.f);
  const test::BlendJerk j = test::blend_jerk(dance, clip, d);
  INFO("jerk mean ", j.mean_ratio, " peak ", j.peak_ratio, " added ", j.added_ratio);
  CHECK(std::min(j.mean_ratio, j.added_ratio) < jerk);
  CHECK(j.peak_ratio < jerk);
  return clip;
}

double skate(const Clip& clip) {
  return measure::motion_metrics(motion::joint_positions(clip), 30).foot_skate;
}

}  // namespace

TEST_CASE("constraint blend: garbage leaves the clip alone") {
  const Clip dance = dancing(60);
  Clip clip = dance;
  Constraints c;
  CHECK(apply_constraints(clip, c).ok());
  Clip empty;
  CHECK(apply_constraints(empty, c).ok());
  c.keyframes.push_back(pose_of(dance, 3, 5.0));
  CHECK(!apply_constraints(empty, c).ok());
  CHECK(!apply_constraints(clip, c).ok());  // 5 s is outside
  c.keyframes[0].time = 1;
  c.keyframes[0].rotations[5] = motion::Quat(0, 0, 0, 0);
  CHECK(!apply_constraints(clip, c).ok());
  clip.fps = 60;
  c.keyframes[0] = pose_of(dance, 3, 1.0);
  CHECK(!apply_constraints(clip, c).ok());
  clip.fps = 30;
  for (std::size_t i = 0; i < 60; ++i)
    CHECK(largest_distance(motion::joint_positions(clip.frames[i]),
                           motion::joint_positions(dance.frames[i])) == 0.f);
  for (std::size_t frames : {1u, 2u, 3u, 5u}) {  // dances with hardly any room
    Clip tiny = dancing(frames);
    Constraints one;
    one.keyframes.push_back(pose_of(dance, 20, 0));
    one.path = {{0, 0.5f, 0.5f, 0.3f}};
    one.keyframes[0].keep_facing = false;
    REQUIRE(apply_constraints(tiny, one).ok());
    CHECK(test::disobedience(tiny, demands(one, frames)).degrees < kTenthOfDegree);
    CHECK(test::disobedience(tiny, demands(one, frames)).metres < kMillimetre);
  }
  const test::BlendJerk none = test::blend_jerk(dance, dance, demands({}, 60));
  CHECK(none.mean_ratio == 0);
}

TEST_CASE("constraint blend: what is so already stays so") {
  const Clip dance = stepping(400, 0);
  Constraints c;
  c.dances = {dance};
  c.kept = {{2, 4, part("whole"), 0}, {6, 7, part("upper"), 0}};
  c.keyframes = {pose_of(dance, 300, 10)};
  Clip clip = dance;
  REQUIRE(apply_constraints(clip, c).ok());
  float most = 0;
  for (std::size_t i = 0; i < 400; ++i)
    most = std::max(most, largest_distance(motion::joint_positions(clip.frames[i]),
                                           motion::joint_positions(dance.frames[i])));
  CHECK(most < 1e-4f);
}

TEST_CASE("constraint blend: a keyframe of every part, also at the first and the last frame") {
  const Clip dance = stepping(600, 0), other = stepping(600, 1.7f);
  for (const BodyPart& p : body_parts()) {
    for (double time : {0.0, 10.0, 20.0}) {
      CAPTURE(p.name);
      CAPTURE(time);
      Constraints c;
      c.keyframes = {pose_of(other, 217, time)};
      c.keyframes[0].joints = p.joints;
      // Feet that have to get elsewhere move in ways they did not.
      obeyed(dance, c, (p.joints & part("lower")) != 0 ? 1.3 : 1.1);
    }
  }
}

TEST_CASE("constraint blend: a keyframe with a place and another facing") {
  const Clip dance = stepping(900, 0), other = stepping(900, 1.7f);
  Constraints c;
  c.keyframes = {pose_of(other, 217, 15)};
  c.keyframes[0].rotations[0] = turn(2.9f, motion::Vec3::UnitY()) * c.keyframes[0].rotations[0];
  c.keyframes[0].root = {0.6f, other.frames[217].root.y(), -0.4f};
  const Clip clip = obeyed(dance, c);
  CHECK(std::abs(clip.frames[450].root.x() - 0.6f) < 1e-4f);
  INFO("skate ", skate(dance), " -> ", skate(clip));

  c.keyframes[0].keep_facing = false;
  c.keyframes[0].root = {};
  const Clip free = obeyed(dance, c);
  CHECK(std::abs(std::remainder(motion::heading_of(free.frames[450].rotations[0]) -
                                    motion::heading_of(dance.frames[450].rotations[0]),
                                6.2831853)) < 0.01);
}

TEST_CASE(
    "constraint blend: poses taken from the same dance elsewhere, three frames apart and a dozen in a row") {
  const Clip dance = stepping(900, 0), other = stepping(900, 2.3f);
  Constraints c;
  c.keyframes = {pose_of(other, 300, 10), pose_of(other, 303, 10.1)};
  const Clip clip = obeyed(dance, c);
  // The movement between them is that of the other dance, roughly.
  CHECK(motion::angle_of(clip.frames[301].rotations[motion::kRShoulder].conjugate() *
                         other.frames[301].rotations[motion::kRShoulder]) < 0.15f);

  c.keyframes.clear();
  for (std::size_t f = 300; f <= 366; f += 6)
    c.keyframes.push_back(pose_of(other, f, static_cast<double>(f) / 30));
  obeyed(dance, c, 1.2);

  // Quite different poses: exact all the same, and nothing swings far beyond.
  c.keyframes = {pose_of(other, 300, 10, "right_arm"), pose_of(other, 318, 10.1, "right_arm")};
  const Clip hard = obeyed(dance, c, 4.0);
  for (std::size_t f = 200; f < 400; ++f) {
    CHECK(motion::angle_of(hard.frames[f].rotations[motion::kRShoulder].conjugate() *
                           dance.frames[f].rotations[motion::kRShoulder]) < 2.8f);
  }
}

TEST_CASE("constraint blend: kept ranges of every part; from the first, to the last frame") {
  const Clip dance = stepping(600, 0), other = stepping(600, 1.1f);
  for (const BodyPart& p : body_parts()) {
    for (const auto& [from, to] : {std::pair{0.0, 3.0}, {7.0, 12.0}, {15.0, 20.0}, {0.0, 20.0}}) {
      CAPTURE(p.name);
      CAPTURE(from);
      Constraints c;
      c.dances = {other};
      c.kept = {{from, to, p.joints, 0}};
      const Clip clip = obeyed(dance, c, (p.joints & part("lower")) != 0 ? 1.3 : 1.1);
      for (int j = 0; j < motion::kJoints; ++j) {  // the rest of the body does as it did
        const auto k = static_cast<std::size_t>(j);
        const bool legs = (part("lower") >> j & 1u) != 0;
        if ((p.joints >> j & 1u) != 0 || (legs && (p.joints & part("lower")) != 0)) continue;
        CHECK(motion::angle_of(clip.frames[300].rotations[k].conjugate() * dance.frames[300].rotations[k]) <
              1e-3f);
      }
    }
  }
}

TEST_CASE("constraint blend: ranges that touch, and a source that ends with its range") {
  const Clip dance = stepping(600, 0), other = stepping(600, 1.1f);
  Constraints c;
  c.dances = {other, other};
  c.kept = {{5, 8, part("whole"), 0}, {8, 11, part("whole"), 1}};
  obeyed(dance, c);
  c.kept = {{5, 8, part("upper"), 0}, {8, 11, part("legs"), 0}};
  obeyed(dance, c);
  c.kept = {{5, 8, part("whole"), 0}, {8.2, 11, part("whole"), 1}};
  obeyed(dance, c);
  c.dances[0].frames.resize(240);
  c.kept = {{5, 8, part("whole"), 0}};
  obeyed(dance, c);
}

TEST_CASE("constraint blend: a root path") {
  const Clip dance = stepping(900, 0);
  Constraints c;
  for (int i = 0; i <= 16; ++i) {
    const double angle = 2 * 3.14159265358979 * i / 16;
    c.path.push_back(
        {5.0 + i, static_cast<float>(std::sin(angle)), static_cast<float>(1 - std::cos(angle)), {}});
  }
  const Clip clip = obeyed(dance, c, 1.3);  // it takes steps that were not there
  double farthest = 0;
  for (std::size_t f = 150; f <= 630; ++f) {
    const auto& r = clip.frames[f].root;
    farthest = std::max(farthest,
                        std::abs(std::hypot(static_cast<double>(r.x()), static_cast<double>(r.z()) - 1) - 1));
  }
  CHECK(farthest < 0.25);  // the dance's own sway
  INFO("off the circle at most ", farthest, " m; skate ", skate(dance), " -> ", skate(clip));
  CHECK(skate(clip) < skate(dance) + 0.25);

  for (PathPoint& p : c.path) p.yaw = static_cast<float>(0.3927 * (p.time - 5));
  const Clip turned = obeyed(dance, c, 1.3);
  CHECK(std::abs(std::remainder(motion::heading_of(turned.frames[390].rotations[0]) - 0.3927 * 8,
                                6.2831853)) < 0.01);
}

TEST_CASE("constraint blend: everything together, and it is deterministic") {
  const Clip dance = stepping(900, 0), other = stepping(900, 1.1f);
  Constraints c;
  c.dances = {other};
  c.kept = {{4, 7, part("arms"), 0}, {12, 15, part("whole"), 0}, {0, 30, part("head"), 0}};
  c.keyframes = {pose_of(other, 100, 5.5, "lower"), pose_of(other, 700, 17), pose_of(other, 50, 30, "legs")};
  c.keyframes[1].joints &= ~part("head");
  c.path = {{20, 0.5f, 0, {}}, {22, 0.5f, 0.5f, 0.4f}, {24, 0, 0.5f, 1.f}};
  const Clip a = obeyed(dance, c, 1.25), b = obeyed(dance, c, 1.25);
  for (std::size_t f = 0; f < a.size(); ++f)
    CHECK(largest_distance(motion::joint_positions(a.frames[f]), motion::joint_positions(b.frames[f])) ==
          0.f);
}

TEST_CASE("constraint blend: feet stand again") {
  Clip dance = stepping(900, 0), other = stepping(900, 2.f);
  for (auto& f : other.frames) f.root.x() += 0.8f;
  Constraints c;
  c.dances = {other};
  c.kept = {{10, 14, part("whole"), 0}};
  c.keyframes = {pose_of(other, 640, 20, "lower")};
  const Clip clip = obeyed(dance, c, 1.2);
  Clip dragged = dance;
  REQUIRE(apply_constraints(dragged, c, motion::FootLock::off).ok());
  const auto figures = [](const Clip& of) {
    return measure::motion_metrics(motion::joint_positions(of), 30);
  };
  const auto stood = figures(dance), still = figures(clip), slid = figures(dragged);
  INFO("feet on the floor move at ", stood.skate_speed, " m/s in the dance, ", still.skate_speed,
       " blended, ", slid.skate_speed, " without replanting; skate ratio ", still.foot_skate);
  CHECK(still.skate_speed < 0.7 * slid.skate_speed);
  CHECK(still.foot_skate < std::max(stood.foot_skate, figures(other).foot_skate) + 0.05);
  CHECK(still.penetration < 0.005);
}
