#include "motion/foot_lock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "motion/kinematics.h"
#include "motion/plants.h"
#include "motion/rotation.h"
#include "motion/two_bone.h"

namespace terpsi::motion {

namespace {

constexpr float kEaseSeconds = 0.27f;  // a correction fades in and out over this long
constexpr float kLiftShare = 0.5f;     // a foot that steps to a new place rises by this share of the step ...
constexpr float kMostLift = 0.05f;     // ... at most this much, metres
constexpr float kMostSlope = 0.025f;  // metres per frame: how fast a fading correction may change at its ends
constexpr float kClearance = 0.045f;  // metres a foot that travels fast is kept above its standing height
constexpr float kSlow = 0.10f, kFast = 0.35f;  // m/s between which that clearance comes in
constexpr float kBodySmoothSeconds = 0.13f;    // standard deviation with which the body follows its feet
constexpr float kMostDrop = 0.08f;             // metres the body may sink for a leg that cannot reach
constexpr float kHeelDown = 0.068f, kHeelBack = 0.03f;  // the heel below and behind the ankle, metres
constexpr float kJointClearance = 0.02f;  // lowest height of hands, elbows, knees and the rest, metres

struct Leg {
  std::size_t hip, knee, ankle, ball;
};
constexpr std::array<Leg, 2> kLegs = {{{kLHip, kLKnee, kLAnkle, kLFoot}, {kRHip, kRKnee, kRAnkle, kRFoot}}};

// Cubic with given ends and slopes per unit of u, u from 0 to 1.
Vec3 hermite(const Vec3& a, const Vec3& slope_a, const Vec3& b, const Vec3& slope_b, float u) {
  const float v = 1 - u;
  return v * v * (1 + 2 * u) * a + v * v * u * slope_a + u * u * (1 + 2 * v) * b - u * u * v * slope_b;
}

Vec3 limited(const Vec3& v, float most) {
  const float n = v.norm();
  return n > most ? Vec3(v * (most / n)) : v;
}

struct Correction {
  std::vector<Vec3> shift;    // what is added to the foot, metres
  std::vector<float> weight;  // 1 where planted, fading to 0
  std::vector<char> planted;
};

// Shift that puts the ball of the foot on its anchor during each plant and fades away smoothly between them.
Correction foot_correction(const std::vector<Vec3>& ball, const std::vector<Plant>& plants, float fps) {
  const std::size_t frames = ball.size();
  Correction out{std::vector<Vec3>(frames, Vec3::Zero()), std::vector<float>(frames, 0.f),
                 std::vector<char>(frames, 0)};
  const auto ease = static_cast<std::size_t>(std::max(2.f, std::round(kEaseSeconds * fps)));
  const auto fade = [](float u) { return u * u * (3 - 2 * u); };
  for (const Plant& plant : plants)
    for (std::size_t i = plant.begin; i < plant.end; ++i) {
      out.shift[i] = plant.anchor - ball[i];
      out.weight[i] = 1;
      out.planted[i] = 1;
    }
  // The foot stands still in a plant, so the correction's slope at its edge is the opposite of the foot's
  // own.
  const auto slope_out = [&](const Plant& p) {
    return p.end - p.begin < 2 ? Vec3(Vec3::Zero())
                               : limited(out.shift[p.end - 1] - out.shift[p.end - 2], kMostSlope);
  };
  const auto slope_in = [&](const Plant& p) {
    return p.end - p.begin < 2 ? Vec3(Vec3::Zero())
                               : limited(out.shift[p.begin + 1] - out.shift[p.begin], kMostSlope);
  };
  const Vec3 zero = Vec3::Zero();
  for (std::size_t k = 0; k <= plants.size(); ++k) {
    const Plant* before = k > 0 ? &plants[k - 1] : nullptr;
    const Plant* after = k < plants.size() ? &plants[k] : nullptr;
    const std::size_t gap_begin = before ? before->end : 0, gap_end = after ? after->begin : frames;
    const std::size_t gap = gap_end - gap_begin;
    if (before && after && gap + 1 < 2 * ease) {
      const auto span = static_cast<float>(gap + 1);
      const Vec3 a = out.shift[before->end - 1], b = out.shift[after->begin];
      const float lift =
          after->stepped ? std::min(kMostLift, kLiftShare * (after->anchor - before->anchor).norm()) : 0.f;
      for (std::size_t i = 0; i < gap; ++i) {
        const float u = static_cast<float>(i + 1) / span;
        out.shift[gap_begin + i] = hermite(a, slope_out(*before) * span, b, slope_in(*after) * span, u);
        const float bump = std::sin(3.14159265f * u);
        out.shift[gap_begin + i].y() += lift * bump * bump;
        out.weight[gap_begin + i] = 1 - 0.5f * bump * bump;
      }
      continue;
    }
    const auto span = static_cast<float>(ease);
    for (std::size_t i = 0; before && i < std::min(gap, ease); ++i) {
      const float u = static_cast<float>(i + 1) / span;
      out.shift[gap_begin + i] +=
          hermite(out.shift[before->end - 1], slope_out(*before) * span, zero, zero, u);
      out.weight[gap_begin + i] += 1 - fade(u);
    }
    for (std::size_t i = 0; after && i < std::min(gap, ease); ++i) {
      const float u = 1 - static_cast<float>(i + 1) / span;
      out.shift[gap_end - 1 - i] += hermite(zero, zero, out.shift[after->begin], slope_in(*after) * span, u);
      out.weight[gap_end - 1 - i] += fade(u);
    }
  }
  return out;
}

template <class T>
std::vector<T> gaussian(const std::vector<T>& values, float sigma, T zero) {
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
  std::vector<float> kernel;
  for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
    const float x = static_cast<float>(k) / sigma;
    kernel.push_back(std::exp(-0.5f * x * x));
  }
  float total = 0;
  for (const float w : kernel) total += w;
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  std::vector<T> out(values.size(), zero);
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    T sum = zero;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k)
      sum += kernel[static_cast<std::size_t>(k + reach)] *
             values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
    out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

// A foot that travels along the floor without standing on it slides; lifts it a little, the more the faster
// it goes.
void lift_travelling_foot(const std::vector<Vec3>& ankle, const std::vector<Vec3>& ball, float fps,
                          Correction& correction) {
  const std::size_t frames = ball.size();
  std::vector<float> lift(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    if (correction.planted[i]) continue;
    const std::size_t a = i > 0 ? i - 1 : 0, b = std::min(i + 1, frames - 1);
    const Vec3 moved = ball[b] + correction.shift[b] - ball[a] - correction.shift[a];
    const float speed = std::hypot(moved.x(), moved.z()) * fps / static_cast<float>(b - a);
    const float t = std::clamp((speed - kSlow) / (kFast - kSlow), 0.f, 1.f);
    const float wanted = kClearance * t * t * (3 - 2 * t);
    const float height =
        std::min(ankle[i].y() - kAnkleRestHeight, ball[i].y() - kFootRestHeight) + correction.shift[i].y();
    lift[i] = std::clamp(wanted - height, 0.f, 2 * kClearance);
  }
  lift = gaussian(lift, std::max(0.7f, 0.04f * fps), 0.f);
  for (std::size_t i = 0; i < frames; ++i) correction.shift[i].y() += lift[i];
}

// A smooth curve on or slightly below the running maximum of `needs`, so that it rises before the need and
// falls after it.
std::vector<float> smooth_cover(const std::vector<float>& needs, float fps) {
  const auto reach = static_cast<std::size_t>(std::max(1.f, std::round(0.13f * fps)));
  std::vector<float> widest(needs.size());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const std::size_t begin = i > reach ? i - reach : 0, end = std::min(needs.size(), i + reach + 1);
    for (std::size_t k = begin; k < end; ++k) widest[i] = std::max(widest[i], needs[k]);
  }
  return gaussian(widest, std::max(0.7f, 0.5f * static_cast<float>(reach)), 0.f);
}

// Where a foot goes in one frame.
struct FootTarget {
  Vec3 ankle;
  Quat rotation;
};

// Turns the foot about the ankle so that the ball, `to_ball` from it in the rest pose, comes to lie `rise`
// metres above it (negative: below).
Quat with_rise(const Quat& rotation, const Vec3& to_ball, float rise) {
  const Vec3 now = rotation * to_ball;
  const Vec3 level(now.x(), 0, now.z());
  const float length = now.norm();
  const float y = std::clamp(rise, -length, length);
  const Vec3 wanted =
      std::sqrt(length * length - y * y) * unit_or(level, rotation * Vec3::UnitZ()) + Vec3(0, y, 0);
  return swing(now, wanted) * rotation;
}

// The foot after its shift, lifted where heel or ball would go through the floor. `planted` (0 to 1) keeps
// the ball where it is.
FootTarget foot_target(const Vec3& ankle, const Quat& rotation, std::size_t ball_joint, const Vec3& shift,
                       float planted) {
  FootTarget foot{ankle + shift, rotation};
  const Vec3 to_ball = offset(static_cast<int>(ball_joint));
  const Vec3 ball = foot.ankle + rotation * to_ball;
  const float heel = foot.ankle.y() + (rotation * Vec3(0, -kHeelDown, -kHeelBack)).y();
  if (heel < 0) {
    // Planted: the heel comes up about the ball. In the air: the whole foot comes up.
    const Quat raised = with_rise(rotation, to_ball, ball.y() - (foot.ankle.y() - heel));
    const Vec3 about_ball = ball - raised * to_ball;
    foot.ankle = planted * about_ball + (1 - planted) * (foot.ankle - Vec3(0, heel, 0));
    foot.rotation = rotation.slerp(planted, raised);
  }
  const float ball_height = foot.ankle.y() + (foot.rotation * to_ball).y();
  if (ball_height < kFootRestHeight)
    foot.rotation = with_rise(foot.rotation, to_ball, kFootRestHeight - foot.ankle.y());
  return foot;
}

}  // namespace

void lock_feet(Clip& clip, FootLock mode) {
  const std::size_t frames = clip.size();
  if (mode == FootLock::off || frames < 3 || !(clip.fps > 0)) return;
  std::vector<Pose> poses;
  poses.reserve(frames);
  for (const Frame& frame : clip.frames) poses.push_back(world_pose(frame));

  std::array<Correction, 2> corrections;
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<Vec3> ankle(frames), ball(frames);
    for (std::size_t i = 0; i < frames; ++i) {
      ankle[i] = poses[i].positions[kLegs[side].ankle];
      ball[i] = poses[i].positions[kLegs[side].ball];
    }
    corrections[side] = foot_correction(ball, find_plants(clip, poses, side == 0, mode), clip.fps);
    lift_travelling_foot(ankle, ball, clip.fps, corrections[side]);
  }

  // The body goes along with its feet, smoothly.
  std::vector<Vec3> body(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float l = corrections[0].weight[i], r = corrections[1].weight[i];
    body[i] = (l * corrections[0].shift[i] + r * corrections[1].shift[i]) / (l + r + 0.2f);
  }
  body = gaussian(body, std::max(1.f, kBodySmoothSeconds * clip.fps), Vec3(Vec3::Zero()));

  std::vector<std::array<FootTarget, 2>> targets(frames);
  std::vector<std::array<float, 2>> reach(frames);
  std::vector<float> drop(frames, 0.f), raise(frames, 0.f);
  const float longest = 0.995f * leg_length();
  for (std::size_t i = 0; i < frames; ++i) {
    const Pose& pose = poses[i];
    for (std::size_t side = 0; side < 2; ++side) {
      const Leg& leg = kLegs[side];
      const float planted = std::min(1.f, corrections[side].weight[i]);
      targets[i][side] = foot_target(pose.positions[leg.ankle], pose.rotations[leg.ankle], leg.ball,
                                     corrections[side].shift[i], planted);
      const float before = (pose.positions[leg.ankle] - pose.positions[leg.hip]).norm();
      reach[i][side] = std::max(longest, std::min(before, 0.9995f * leg_length()));
      const Vec3 line = targets[i][side].ankle - (pose.positions[leg.hip] + body[i]);
      const float level = std::hypot(line.x(), line.z());
      const float span = std::sqrt(std::max(0.f, reach[i][side] * reach[i][side] - level * level));
      drop[i] = std::max(drop[i], planted * std::min(kMostDrop, std::max(0.f, -line.y() - span)));
    }
    for (std::size_t j = 0; j < kJoints; ++j) {
      const bool foot = j == kLAnkle || j == kRAnkle || j == kLFoot || j == kRFoot;
      if (!foot) raise[i] = std::max(raise[i], kJointClearance - pose.positions[j].y() - body[i].y());
    }
  }
  drop = smooth_cover(drop, clip.fps);
  raise = smooth_cover(raise, clip.fps);

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
      LegTarget target;
      target.hip = hip + moved;
      target.ankle = targets[i][side].ankle;
      target.pole = out - along.dot(out) * along + 0.03f * (world[leg.hip] * Vec3::UnitZ());
      target.reach = reach[i][side];
      const LegSolution solution = solve_leg(target);
      const auto knee_joint = static_cast<int>(leg.knee), ankle_joint = static_cast<int>(leg.ankle);
      world[leg.hip] =
          swing(world[leg.hip] * offset(knee_joint), solution.knee - target.hip) * world[leg.hip];
      world[leg.knee] =
          swing(world[leg.knee] * offset(ankle_joint), solution.ankle - solution.knee) * world[leg.knee];
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
