#include "motion/joint_limits.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/motion/random_motion.h"
#include "motion/mirror.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

namespace {
constexpr float kDegree = 3.14159265f / 180.f;

Quat about(int axis, float degrees) {
  return testing::turn(degrees * kDegree, Vec3::Unit(axis));
}
}  // namespace

TEST_CASE("joint limits: no clip, the T-pose, random turns, no turns at all") {
  CHECK(outside_shares({}).any == 0);
  Clip clip;
  clip.frames.resize(3);
  CHECK(outside_shares(clip).any == 0);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int j = 0; j < kJoints; ++j) {
    const Quat half(0, 1, 0, 0);  // half a turn: swing and twist cannot be told apart about two axes
    CHECK(is_unit(within_range(j, half)));
    CHECK(is_unit(within_range(j, Quat(0, 0, 1, 0))));
    CHECK(is_unit(within_range(j, Quat(0, 0, 0, 1))));
    CHECK_FALSE(outside_range(j, Quat(nan, 0, 0, 0)) > 0);
  }
  std::mt19937 random(4);
  for (int i = 0; i < 200; ++i) clip.frames.push_back(testing::random_frame(random));
  CHECK(outside_shares(clip).any > 0.9);
  limit_upper_body(clip);
  const JointLimitShares shares = outside_shares(clip);
  for (const int j : {kSpine1, kNeck, kHead, kLCollar, kRShoulder, kLElbow, kRWrist, kLHand, kRHand})
    CHECK(shares.joint[static_cast<std::size_t>(j)] == 0);
  CHECK(shares.joint[kLKnee] > 0.5);  // legs follow their feet
  for (const Frame& f : clip.frames)
    for (const Quat& q : f.rotations) CHECK_UNARY(is_unit(q));
}

TEST_CASE("joint limits: knees bend one way, heads do not turn round, elbows do not fold flat") {
  CHECK(outside_range(kLKnee, about(0, 120)) == 0);
  CHECK(outside_range(kLKnee, about(0, -40)) == doctest::Approx(28 * kDegree).epsilon(0.01));
  CHECK(outside_range(kRKnee, about(0, -40)) == doctest::Approx(28 * kDegree).epsilon(0.01));
  CHECK(outside_range(kHead, about(1, 100)) == doctest::Approx(45 * kDegree).epsilon(0.01));
  CHECK(outside_range(kLElbow, about(1, -140)) == 0);  // forearm forward and back to the shoulder
  CHECK(outside_range(kRElbow, about(1, 140)) == 0);
  CHECK(outside_range(kRElbow, about(1, 178)) > 0.2f);
  CHECK(outside_range(kLHip, about(0, -120)) == 0);  // thigh to the chest
  CHECK(outside_range(kLHip, about(0, 90)) > 0.5f);  // thigh behind the back
  CHECK(outside_range(kLHip, about(2, 80)) == 0);    // leg to its own side
  CHECK(outside_range(kLHip, about(2, -80)) > 0.5f);
  CHECK(outside_range(kRHip, about(2, -80)) == 0);
  CHECK(outside_range(kPelvis, about(0, 170)) == 0);
}

TEST_CASE("joint limits: nothing changes well inside, slopes stay continuous, the border is never passed") {
  for (const int j : {kLHip, kRKnee, kSpine2, kLShoulder, kRElbow, kLWrist, kRAnkle, kNeck}) {
    const JointRange& range = joint_range(j);
    for (int axis = 0; axis < 3; ++axis)
      for (const float sign : {-1.f, 1.f}) {
        const auto k = static_cast<std::size_t>(axis);
        const float most = std::min(-range.low[k], range.high[k]);  // within the range on both sides
        const Quat inside = about(axis, sign * 0.9f * most);
        CHECK(within_range(j, inside).coeffs() == inside.coeffs());
        float before = 0, slope_before = 1;
        for (float degrees = 1; degrees < 170; degrees += 1) {
          const Quat out = within_range(j, about(axis, sign * degrees));
          CHECK_UNARY(outside_range(j, out) < 1e-4f);
          const float angle = angle_of(out) / kDegree, slope = angle - before;
          CHECK_UNARY(slope > -0.05f);
          CHECK_UNARY(std::abs(slope - slope_before) < 0.5f);
          before = angle, slope_before = slope;
        }
      }
  }
}

TEST_CASE("joint limits: mirror images have mirrored ranges") {
  std::mt19937 random(6);
  Clip clip;
  for (int i = 0; i < 20; ++i) clip.frames.push_back(testing::random_frame(random));
  const Clip mirror = mirrored(clip);
  for (std::size_t i = 0; i < clip.size(); ++i)
    for (int j = 1; j < kJoints; ++j) {
      const int other = kMirror[static_cast<std::size_t>(j)];
      CHECK(outside_range(j, clip.frames[i].rotations[static_cast<std::size_t>(j)]) ==
            doctest::Approx(outside_range(other, mirror.frames[i].rotations[static_cast<std::size_t>(other)]))
                .epsilon(0.02));
    }
}
