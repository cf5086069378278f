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
constexpr float kOff = 1.0f, kFarOff = 2.6f;      // radians off its plane between which the hinge is given up
constexpr float kJointClearance = 0.02f;  // lowest height of hands, elbows, knees and the rest, metres

// The motion as it was, and what is added to it in each frame.
struct Correction {
  std::vector<Pose> poses;
  std::array<FootCorrection, 2> feet;
  std::array<std::vector<float>, 2> reach;  // longest allowed distance from hip to ankle, metres
  std::vector<Vec3> body;                   // shift of the root, metres

  FootPlace target(std::size_t frame, std::size_t side) const {
    const Leg& leg = kLegs[side];
    const FootCorrection& c = feet[side];
    return on_floor({poses[frame].positions[leg.ankle] + c.shift[frame], poses[frame].rotations[leg.ankle]},
                    offset(leg.ball), std::min(1.f, c.weight[frame]), c.heel_rise[frame]);
  }

  // From the hip, where the body takes it, to the ankle.
  Vec3 leg_line(std::size_t frame, std::size_t side, const Vec3& ankle) const {
    return ankle - (poses[frame].positions[kLegs[side].hip] + body[frame]);
  }
};

FootCorrection correct_foot(const Clip& clip, const std::vector<Pose>& poses, std::size_t side,
                            FootLock mode) {
  std::vector<Vec3> ankle, ball;
  for (const Pose& pose : poses) {
    ankle.push_back(pose.positions[kLegs[side].ankle]);
    ball.push_back(pose.positions[kLegs[side].ball]);
  }
  FootCorrection out = plant_foot(ball, find_plants(clip, poses, side == 0, mode), clip.fps);
  lift_travelling_foot(ankle, ball, clip.fps, out);
  return out;
}

std::vector<float> leg_reach(const std::vector<Pose>& poses, const Leg& leg) {
  const float longest = 0.995f * leg_length();
  std::vector<float> out;
  for (const Pose& pose : poses) {
    const float before = (pose.positions[leg.ankle] - pose.positions[leg.hip]).norm();
    out.push_back(std::max(longest, std::min(before, 0.9995f * leg_length())));
  }
  return out;
}

// The body goes along with its feet, smoothly.
std::vector<Vec3> follow_feet(const std::array<FootCorrection, 2>& feet, float fps) {
  const std::size_t frames = feet[0].shift.size();
  std::vector<Vec3> body(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float l = feet[0].weight[i], r = feet[1].weight[i];
    body[i] = (l * (feet[0].shift[i] + feet[0].heel_rise[i] * Vec3::UnitY()) +
               r * (feet[1].shift[i] + feet[1].heel_rise[i] * Vec3::UnitY())) /
              (l + r + 0.2f);
  }
  return gaussian_mean(body, std::max(1.f, kBodySmoothSeconds * fps), Vec3(Vec3::Zero()));
}

// Where a leg is too short for its standing foot the heel rises.
void rise_on_toes(Correction& c, std::size_t side, float fps) {
  const std::size_t frames = c.poses.size();
  FootCorrection& foot = c.feet[side];
  std::vector<float> needs(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    if (!foot.planted[i]) continue;
    const float had = foot.heel_rise[i];
    const auto shortfall = [&] {
      return c.leg_line(i, side, c.target(i, side).ankle).norm() - c.reach[side][i];
    };
    for (float more = 0; more <= kMostTiptoe && shortfall() > kTooShort; more += 0.0025f) {
      foot.heel_rise[i] = had + more;
      needs[i] = more;
    }
    foot.heel_rise[i] = had;
  }
  needs = smooth_envelope(needs, as_frames(kTiptoeReach, fps));
  for (std::size_t i = 0; i < frames; ++i) foot.heel_rise[i] += needs[i];
}

// Metres by which the body rises (negative: sinks) on top of its shift: down where raised heels are not
// enough, up where another joint would go below the floor.
std::vector<float> body_rise(const Correction& c, float fps) {
  const std::size_t frames = c.poses.size();
  std::vector<float> drop(frames, 0.f), raise(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    for (std::size_t side = 0; side < 2; ++side) {
      const float planted = std::min(1.f, c.feet[side].weight[i]), reach = c.reach[side][i];
      const Vec3 line = c.leg_line(i, side, c.target(i, side).ankle);
      const float level = std::hypot(line.x(), line.z());
      const float span = std::sqrt(std::max(0.f, reach * reach - level * level));
      drop[i] = std::max(drop[i], planted * std::min(kMostDrop, std::max(0.f, -line.y() - span)));
    }
    for (std::size_t j = 0; j < kJoints; ++j) {
      const bool foot = j == kLAnkle || j == kRAnkle || j == kLFoot || j == kRFoot;
      if (!foot) raise[i] = std::max(raise[i], kJointClearance - c.poses[i].positions[j].y() - c.body[i].y());
    }
  }
  drop = smooth_envelope(drop, as_frames(kBodyReach, fps));
  raise = smooth_envelope(raise, as_frames(kBodyReach, fps));
  for (std::size_t i = 0; i < frames; ++i) raise[i] -= drop[i];
  return raise;
}

// Bends one leg of `pose`, whose hip has moved, so that its foot comes to `foot`.
void bend_leg(WorldRotations& world, const Pose& pose, const Leg& leg, const Vec3& moved,
              const FootPlace& foot, float reach) {
  const Vec3 hip = pose.positions[leg.hip];
  const Vec3 along = unit_or(pose.positions[leg.ankle] - hip, -Vec3::UnitY());
  const Vec3 out = pose.positions[leg.knee] - hip;
  LegTarget goal;
  goal.hip = hip + moved;
  goal.ankle = foot.ankle;
  goal.pole = out - along.dot(out) * along + 0.03f * (world[leg.hip] * Vec3::UnitZ());
  goal.reach = reach;
  const LegSolution solution = solve_leg(goal);
  aim(world, leg.hip, leg.knee, solution.knee - goal.hip);
  aim(world, leg.knee, leg.ankle, solution.ankle - solution.knee);
  // A knee is a hinge: the thigh turns about itself until the knee bends forward. No joint moves.
  const Vec3 thigh = unit_or(solution.knee - goal.hip, -Vec3::UnitY());
  const Vec3 hinge = thigh.cross(unit_or(solution.ankle - solution.knee, -Vec3::UnitY()));
  const float off = angle_about(thigh, world[leg.hip] * Vec3::UnitX(), hinge);
  const float turn =
      off * smoothstep(hinge.norm(), kStraight, kBent) * (1 - smoothstep(std::abs(off), kOff, kFarOff));
  world[leg.hip] = Quat(Eigen::AngleAxisf(turn, thigh)) * world[leg.hip];
  // A leg that did not reach its target leaves the foot higher or lower: the ball still stays off the floor.
  const Quat toe = pose.rotations[leg.ankle].conjugate() * pose.rotations[leg.ball];
  world[leg.ankle] = foot.rotation;
  const Vec3 to_ball = offset(leg.ball);
  const float ball = solution.ankle.y() + (world[leg.ankle] * to_ball).y();
  if (ball < kFootRestHeight)
    world[leg.ankle] = with_rise(world[leg.ankle], to_ball, kFootRestHeight - solution.ankle.y());
  world[leg.ball] = world[leg.ankle] * toe;
}

}  // namespace

void lock_feet(Clip& clip, FootLock mode) {
  if (mode == FootLock::off || clip.size() < 3 || !(clip.fps > 0)) return;
  reach_for_floor(clip);
  Correction c;
  c.poses = world_poses(clip);
  for (std::size_t side = 0; side < 2; ++side) {
    c.feet[side] = correct_foot(clip, c.poses, side, mode);
    c.reach[side] = leg_reach(c.poses, kLegs[side]);
  }
  c.body = follow_feet(c.feet, clip.fps);
  for (std::size_t side = 0; side < 2; ++side) rise_on_toes(c, side, clip.fps);
  const std::vector<float> rise = body_rise(c, clip.fps);

  for (std::size_t i = 0; i < clip.size(); ++i) {
    Frame& frame = clip.frames[i];
    const Frame before = frame;
    const Vec3 moved = c.body[i] + Vec3(0, rise[i], 0);
    frame.root += moved;
    WorldRotations world = c.poses[i].rotations;
    for (std::size_t side = 0; side < 2; ++side)
      bend_leg(world, c.poses[i], kLegs[side], moved, c.target(i, side), c.reach[side][i]);
    set_world_rotations(frame, world);
    match_signs(frame, before);
  }
}

}  // namespace terpsi::motion
