#include "motion/foot_lock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "motion/foot.h"
#include "motion/foot_correction.h"
#include "motion/kinematics.h"
#include "motion/plants.h"
#include "motion/rotation.h"
#include "motion/smoothing.h"
#include "motion/toe_reach.h"
#include "motion/two_bone.h"

namespace terpsi::motion {

namespace {

constexpr float kMostTiptoe = 0.06f;              // metres a planted heel may rise where the leg cannot reach
constexpr float kTooShort = 0.003f;               // metres that a leg may lack before it does
constexpr float kTiptoeReach = 0.067f;            // seconds by which it rises before the need
constexpr float kBodySmoothSeconds = 0.13f;       // standard deviation with which the body follows its feet
constexpr float kBodyReach = 0.13f;               // seconds by which the body sinks or rises before the need
constexpr float kMostDrop = 0.08f;                // metres the body may sink for a leg that cannot reach
constexpr float kStraight = 0.1f, kBent = 0.35f;  // sines of a knee's bend between which its hinge shows
constexpr float kOff = 1.0f, kFarOff = 2.6f;      // radians off its plane between which that is given up
constexpr float kJointClearance = 0.02f;  // lowest height of hands, elbows, knees and the rest, metres

}  // namespace

void lock_feet(Clip& clip, FootLock mode) {
  const std::size_t frames = clip.size();
  if (mode == FootLock::off || frames < 3 || !(clip.fps > 0)) return;
  reach_for_floor(clip);
  std::vector<Pose> poses;
  poses.reserve(frames);
  for (const Frame& frame : clip.frames) poses.push_back(world_pose(frame));

  std::array<FootCorrection, 2> corrections;
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<Vec3> ankle(frames), ball(frames);
    for (std::size_t i = 0; i < frames; ++i) {
      ankle[i] = poses[i].positions[kLegs[side].ankle];
      ball[i] = poses[i].positions[kLegs[side].ball];
    }
    corrections[side] = plant_foot(ball, find_plants(clip, poses, side == 0, mode), clip.fps);
    lift_travelling_foot(ankle, ball, clip.fps, corrections[side]);
  }
  const auto target = [&](std::size_t i, std::size_t side) {
    const Leg& leg = kLegs[side];
    const FootCorrection& c = corrections[side];
    return on_floor({poses[i].positions[leg.ankle] + c.shift[i], poses[i].rotations[leg.ankle]},
                    offset(static_cast<int>(leg.ball)), std::min(1.f, c.weight[i]), c.heel_rise[i]);
  };

  // The body goes along with its feet, smoothly.
  std::vector<Vec3> body(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float l = corrections[0].weight[i], r = corrections[1].weight[i];
    body[i] = (l * (corrections[0].shift[i] + corrections[0].heel_rise[i] * Vec3::UnitY()) +
               r * (corrections[1].shift[i] + corrections[1].heel_rise[i] * Vec3::UnitY())) /
              (l + r + 0.2f);
  }
  body = gaussian(body, std::max(1.f, kBodySmoothSeconds * clip.fps), Vec3(Vec3::Zero()));

  // Where a leg is too short for its standing foot the heel rises, and if that is not enough the body sinks.
  const float longest = 0.995f * leg_length();
  std::array<std::vector<float>, 2> reach;
  const auto shortfall = [&](std::size_t i, std::size_t side, const Vec3& ankle) {
    const Vec3 line = ankle - (poses[i].positions[kLegs[side].hip] + body[i]);
    return line.norm() - reach[side][i];
  };
  for (std::size_t side = 0; side < 2; ++side) {
    const Leg& leg = kLegs[side];
    std::vector<float> needs(frames, 0.f);
    reach[side].resize(frames);
    for (std::size_t i = 0; i < frames; ++i) {
      const float before = (poses[i].positions[leg.ankle] - poses[i].positions[leg.hip]).norm();
      reach[side][i] = std::max(longest, std::min(before, 0.9995f * leg_length()));
      if (!corrections[side].planted[i]) continue;
      const float had = corrections[side].heel_rise[i];
      for (float more = 0; more <= kMostTiptoe && shortfall(i, side, target(i, side).ankle) > kTooShort;
           more += 0.0025f) {
        corrections[side].heel_rise[i] = had + more;
        needs[i] = more;
      }
      corrections[side].heel_rise[i] = had;
    }
    needs = smooth_cover(needs, as_frames(kTiptoeReach, clip.fps));
    for (std::size_t i = 0; i < frames; ++i) corrections[side].heel_rise[i] += needs[i];
  }

  std::vector<std::array<FootPlace, 2>> targets(frames);
  std::vector<float> drop(frames, 0.f), raise(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    const Pose& pose = poses[i];
    for (std::size_t side = 0; side < 2; ++side) {
      targets[i][side] = target(i, side);
      const float planted = std::min(1.f, corrections[side].weight[i]);
      const Vec3 line = targets[i][side].ankle - (pose.positions[kLegs[side].hip] + body[i]);
      const float level = std::hypot(line.x(), line.z());
      const float span = std::sqrt(std::max(0.f, reach[side][i] * reach[side][i] - level * level));
      drop[i] = std::max(drop[i], planted * std::min(kMostDrop, std::max(0.f, -line.y() - span)));
    }
    for (std::size_t j = 0; j < kJoints; ++j) {
      const bool foot = j == kLAnkle || j == kRAnkle || j == kLFoot || j == kRFoot;
      if (!foot) raise[i] = std::max(raise[i], kJointClearance - pose.positions[j].y() - body[i].y());
    }
  }
  drop = smooth_cover(drop, as_frames(kBodyReach, clip.fps));
  raise = smooth_cover(raise, as_frames(kBodyReach, clip.fps));

  for (std::size_t i = 0; i < frames; ++i) {
    Frame& frame = clip.frames[i];
    const Pose& pose = poses[i];
    const Vec3 moved = body[i] + Vec3(0, raise[i] - drop[i], 0);
    frame.root += moved;
    std::array<Quat, kJoints> world = pose.rotations;
    for (std::size_t side = 0; side < 2; ++side) {
      const Leg& leg = kLegs[side];
      const Vec3 hip = pose.positions[leg.hip], knee = pose.positions[leg.knee],
                 ankle = pose.positions[leg.ankle];
      const Vec3 along = unit_or(ankle - hip, -Vec3::UnitY());
      const Vec3 out = knee - hip;
      LegTarget goal;
      goal.hip = hip + moved;
      goal.ankle = targets[i][side].ankle;
      goal.pole = out - along.dot(out) * along + 0.03f * (world[leg.hip] * Vec3::UnitZ());
      goal.reach = reach[side][i];
      const LegSolution solution = solve_leg(goal);
      const auto knee_joint = static_cast<int>(leg.knee), ankle_joint = static_cast<int>(leg.ankle);
      world[leg.hip] = swing(world[leg.hip] * offset(knee_joint), solution.knee - goal.hip) * world[leg.hip];
      world[leg.knee] =
          swing(world[leg.knee] * offset(ankle_joint), solution.ankle - solution.knee) * world[leg.knee];
      // A knee is a hinge: the thigh turns about itself until the knee bends forward. No joint moves.
      const Vec3 thigh = unit_or(solution.knee - goal.hip, -Vec3::UnitY());
      const Vec3 hinge = thigh.cross(unit_or(solution.ankle - solution.knee, -Vec3::UnitY()));
      const float off = angle_about(thigh, world[leg.hip] * Vec3::UnitX(), hinge);
      const float turn =
          off * ramp(hinge.norm(), kStraight, kBent) * (1 - ramp(std::abs(off), kOff, kFarOff));
      world[leg.hip] = Quat(Eigen::AngleAxisf(turn, thigh)) * world[leg.hip];
      // A leg that did not reach its target leaves the foot higher or lower: the ball still stays off the
      // floor.
      const Quat toe = pose.rotations[leg.ankle].conjugate() * pose.rotations[leg.ball];
      world[leg.ankle] = targets[i][side].rotation;
      const Vec3 to_ball = offset(static_cast<int>(leg.ball));
      const float ball = solution.ankle.y() + (world[leg.ankle] * to_ball).y();
      if (ball < kFootRestHeight)
        world[leg.ankle] = with_rise(world[leg.ankle], to_ball, kFootRestHeight - solution.ankle.y());
      world[leg.ball] = world[leg.ankle] * toe;
    }
    const Frame before = frame;
    set_world_rotations(frame, world);
    for (std::size_t j = 0; j < kJoints; ++j)
      frame.rotations[j] = same_hemisphere(frame.rotations[j], before.rotations[j]);
  }
}

}  // namespace terpsi::motion
