#include "motion/foot_lock.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "core/motion/random_motion.h"
#include "measure/metrics.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"
#include "motion/rotation.h"

using namespace terpsi::measure;
using namespace terpsi::motion;

namespace {
// The dancer with feet that slide: the whole body is carried around, with a little noise.
Clip sliding_dance(std::size_t frames) {
  Clip clip = testing::dancing(frames, 0.1f);
  for (std::size_t i = 0; i < frames; ++i) {
    const float t = static_cast<float>(i) / 30.f;
    clip.frames[i].root += Vec3(0.05f * std::sin(4 * t), 0.012f * std::sin(9 * t), 0.04f * std::cos(5 * t));
  }
  return clip;
}
}  // namespace

TEST_CASE("clips too short, broken or not to be touched") {
  Clip empty;
  lock_feet(empty, FootLock::always);
  CHECK(empty.size() == 0);
  for (std::size_t n = 1; n < 5; ++n) {
    Clip clip = testing::dancing(n);
    lock_feet(clip, FootLock::automatic);
    for (const Frame& f : clip.frames) CHECK(f.root.allFinite());
  }
  Clip clip = sliding_dance(60);
  const Clip before = clip;
  lock_feet(clip, FootLock::off);
  CHECK(clip.frames[30].root == before.frames[30].root);
  clip.fps = std::numeric_limits<float>::quiet_NaN();
  lock_feet(clip, FootLock::automatic);
  CHECK(clip.frames[30].root == before.frames[30].root);
  std::mt19937 random(9);
  Clip wild;
  for (int i = 0; i < 60; ++i) wild.frames.push_back(testing::random_frame(random));
  lock_feet(wild, FootLock::always);
  for (const Frame& f : wild.frames) {
    CHECK(f.root.allFinite());
    for (const Quat& q : f.rotations) CHECK(is_unit(q));
  }
}

TEST_CASE("sliding feet stand still, and the motion gets no rougher") {
  Clip clip = sliding_dance(240);
  const MotionMetrics before = motion_metrics(joint_positions(clip), 30);
  lock_feet(clip, FootLock::automatic);
  const std::vector<JointPositions> joints = joint_positions(clip);
  const MotionMetrics after = motion_metrics(joints, 30);
  CHECK(before.skate_speed > 0.12);
  CHECK(after.skate_speed < 0.25 * before.skate_speed);
  CHECK(after.foot_skate < 0.05);
  CHECK(after.contact > 0.7);
  CHECK(after.jitter < 1.2 * before.jitter);
  CHECK(after.penetration < 0.003);
  CHECK(after.bone_deviation < 1e-4);
}

TEST_CASE("nothing sinks below the floor") {
  Clip clip = sliding_dance(120);
  for (Frame& f : clip.frames) f.root.y() -= 0.05f;
  clip.frames[60].rotations[kSpine1] = testing::turn(2.0f, Vec3::UnitX());  // hands swing low
  lock_feet(clip, FootLock::automatic);
  for (const JointPositions& p : joint_positions(clip))
    for (std::size_t j = 0; j < kJoints; ++j) CHECK(p[j].y() > 0.005f);
}

TEST_CASE("a motion that is right already is left nearly alone") {
  Clip clip = testing::dancing(120, 0.f);
  const Clip before = clip;
  lock_feet(clip, FootLock::automatic);
  for (std::size_t i = 0; i < clip.size(); ++i)
    CHECK(testing::largest_distance(joint_positions(clip.frames[i]), joint_positions(before.frames[i])) <
          0.02f);
}

TEST_CASE("a leg that cannot reach releases the foot, the knee does not pop") {
  Clip clip = testing::dancing(150, 0.f);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    clip.frames[i].contacts = {1, 1, 1, 1};
    clip.frames[i].root.x() += 0.012f * static_cast<float>(i);  // walks away from its feet: 36 cm/s
  }
  lock_feet(clip, FootLock::always);
  float largest = 0;
  const auto knee = [&](std::size_t i) { return angle_of(clip.frames[i].rotations[kLKnee]); };
  for (std::size_t i = 1; i + 1 < clip.size(); ++i)
    largest = std::max(largest, std::abs(knee(i + 1) - 2 * knee(i) + knee(i - 1)));
  CHECK(largest < 0.35f);
  const std::vector<JointPositions> joints = joint_positions(clip);
  CHECK(std::abs(joints.back()[kPelvis].x() - 0.012f * 149) < 0.12f);  // the body was not dragged back
}

TEST_CASE("shuffling feet step: nothing low travels, no knee pops") {
  // The body glides to and fro at up to 0.9 m/s, both soles on the floor all the time.
  Clip clip = testing::dancing(240, 0.f);
  for (std::size_t i = 0; i < clip.size(); ++i)
    clip.frames[i].root.z() += 0.3f * std::sin(0.1f * static_cast<float>(i));
  const MotionMetrics before = motion_metrics(joint_positions(clip), 30);
  lock_feet(clip, FootLock::automatic);
  const std::vector<JointPositions> joints = joint_positions(clip);
  const MotionMetrics after = motion_metrics(joints, 30);
  CHECK(before.foot_skate > 0.5);
  CHECK(after.foot_skate < 0.02);
  CHECK(after.contact > 0.2);
  CHECK(after.penetration < 1e-3);
  float pop = 0;
  for (std::size_t i = 0; i + 2 < joints.size(); ++i)
    for (const std::size_t side : {0u, 1u}) {
      const std::size_t ball = side == 0 ? kLFoot : kRFoot, knee = side == 0 ? kLKnee : kRKnee;
      const Vec3 step = joints[i + 1][ball] - joints[i][ball];
      if (joints[i][ball].y() < kFootRestHeight + 0.01f) CHECK(std::hypot(step.x(), step.z()) < 0.02f);
      const auto bend = [&](std::size_t k) { return angle_of(clip.frames[k].rotations[knee]); };
      pop = std::max(pop, std::abs(bend(i + 2) - 2 * bend(i + 1) + bend(i)));
    }
  CHECK(pop < 0.35f);
}

TEST_CASE("knees become hinges, and no joint moves for it") {
  Clip clip = testing::dancing(90, 0.f), twisted = clip;
  for (Frame& f : twisted.frames)  // the thighs turned about themselves, the knees turned back
    for (const int hip : {kLHip, kRHip}) {
      const auto h = static_cast<std::size_t>(hip), k = static_cast<std::size_t>(hip + 3);
      const Quat turn = testing::turn(0.7f, Vec3::UnitY());
      f.rotations[h] = f.rotations[h] * turn;
      f.rotations[k] = turn.conjugate() * f.rotations[k];
    }
  CHECK(testing::largest_distance(joint_positions(clip.frames[40]), joint_positions(twisted.frames[40])) <
        1e-5f);
  lock_feet(clip, FootLock::automatic);
  lock_feet(twisted, FootLock::automatic);
  for (std::size_t i = 0; i < 90; ++i) {
    CHECK(testing::largest_distance(joint_positions(clip.frames[i]), joint_positions(twisted.frames[i])) <
          0.03f);
    const Quat& knee = twisted.frames[i].rotations[kLKnee];
    if (angle_of(clip.frames[i].rotations[kLKnee]) < 0.6f) continue;
    const Vec3 shin = knee * -Vec3::UnitY();
    CHECK(std::abs(shin.x()) < 0.05f);  // bends backwards, not sideways
    CHECK(shin.z() < 0);
  }
}

TEST_CASE("what comes more than a second later does not matter") {
  Clip longer = sliding_dance(200), shorter = longer;
  shorter.frames.resize(150);
  lock_feet(longer, FootLock::automatic);
  lock_feet(shorter, FootLock::automatic);
  for (std::size_t i = 0; i < 120; ++i)
    CHECK(testing::largest_distance(joint_positions(longer.frames[i]), joint_positions(shorter.frames[i])) <
          1e-6f);
}

TEST_CASE("three minutes take milliseconds") {
  Clip clip = sliding_dance(5400);
  const auto start = std::chrono::steady_clock::now();
  lock_feet(clip, FootLock::automatic);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  MESSAGE("lock_feet, 5400 frames: ", seconds * 1000, " ms");
  CHECK(seconds < 2);  // generous: sanitizers and busy machines
}

TEST_CASE("mirror images are locked alike: neither foot has its own flaws") {
  // A crouching sway that presses both balls through the floor.
  Clip clip;
  for (int i = 0; i < 90; ++i) {
    Frame frame;
    const float sway = 0.1f * std::sin(0.2f * static_cast<float>(i));
    frame.root += Vec3(sway, -0.03f, 0.f);
    frame.rotations[kLAnkle] = frame.rotations[kRAnkle] = Quat(Eigen::AngleAxisf(0.3f, Vec3::UnitX()));
    frame.contacts = {1.f, 1.f, 1.f, 1.f};
    clip.frames.push_back(frame);
  }
  Clip mirror = mirrored(clip);
  lock_feet(clip, FootLock::always);
  lock_feet(mirror, FootLock::always);
  float worst = 0.f;
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const JointPositions a = joint_positions(clip.frames[i]), b = joint_positions(mirror.frames[i]);
    for (std::size_t j = 0; j < kJoints; ++j) {
      const Vec3 image = b[static_cast<std::size_t>(kMirror[j])].cwiseProduct(Vec3(-1, 1, 1));
      worst = std::max(worst, (a[j] - image).norm());
    }
  }
  CHECK(worst < 1e-4f);
}
