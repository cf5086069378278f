#include "generate/replant.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "generate/least_jerk.h"
#include "motion/kinematics.h"
#include "motion/plants.h"
#include "motion/rotation.h"
#include "motion/two_bone.h"

namespace terpsi::generate {
namespace {

using motion::Plant;
using motion::Pose;
using motion::Quat;
using motion::Vec3;

constexpr std::size_t kEase = 8;       // frames over which a correction fades where nothing else wants it
constexpr float kLiftShare = 0.5f;     // a foot that steps to a new place rises by this share of the step ...
constexpr float kMostLift = 0.05f;     // ... at most this much, metres
constexpr float kSplit = 0.01f;        // metres between demanded places of one plant that make it two
constexpr float kBodySigma = 4.f;      // frames, how smoothly the body follows its feet
constexpr float kMostDrop = 0.08f;     // metres the body may sink for a leg that cannot reach
constexpr std::size_t kBodyEase = 12;  // frames around a fixed one in which the body comes to rest
constexpr float kMostOvershoot = 1.25f;

struct Leg {
  std::size_t hip, knee, ankle, ball;
};
constexpr std::array<Leg, 2> kLegs = {{{motion::kLHip, motion::kLKnee, motion::kLAnkle, motion::kLFoot},
                                       {motion::kRHip, motion::kRKnee, motion::kRAnkle, motion::kRFoot}}};

// Plants with their anchors where the demands put the foot, split where these disagree.
std::vector<Plant> anchored(const std::vector<Plant>& found, const std::vector<Pose>& poses, std::size_t ball,
                            const std::vector<std::uint8_t>& fixed, std::uint8_t bit) {
  std::vector<Plant> out;
  for (const Plant& plant : found) {
    Plant part = plant;
    std::size_t last = plant.end;  // last fixed frame so far
    for (std::size_t i = plant.begin; i < plant.end; ++i) {
      if ((fixed[i] & bit) == 0) continue;
      const Vec3 place = poses[i].positions[ball];
      if (last == plant.end) {
        part.anchor = place;
      } else if (i > last + 1 && (place - part.anchor).norm() > kSplit) {
        const std::size_t middle = (last + 1 + i) / 2;
        part.end = middle;
        if (part.end - part.begin >= 2) out.push_back(part);
        part.begin = middle + 1;
        part.anchor = place;
        part.stepped = true;
      } else if (i == last + 1) {
        part.anchor = place;  // what follows the demanded stretch goes on from its last frame
      }
      last = i;
    }
    part.end = plant.end;
    if (part.end >= part.begin + 2) out.push_back(part);
  }
  return out;
}

// What is added to the foot in each frame.
struct Shift {
  std::vector<Vec3> shift;
  std::vector<float> weight;  // 1 where it stands, fading
};

Shift foot_shift(const std::vector<Vec3>& ball, const std::vector<Plant>& plants, std::size_t begin,
                 std::size_t end, const std::vector<std::uint8_t>& fixed, std::uint8_t bit) {
  const std::size_t frames = ball.size();
  LeastJerk curve(frames, 3);
  std::vector<std::uint8_t> near(frames, 0);
  Shift out{std::vector<Vec3>(frames, Vec3::Zero()), std::vector<float>(frames, 0.f)};
  const auto give = [&](std::size_t i, const Vec3& value) {
    curve.given[i] = 1;
    for (std::size_t c = 0; c < 3; ++c)
      curve.at(i, c) = static_cast<double>(value[static_cast<Eigen::Index>(c)]);
  };
  const auto reach = [&](std::size_t i, std::size_t frames_around) {
    for (std::size_t k = i - std::min(i, frames_around); k < std::min(frames, i + frames_around + 1); ++k)
      near[k] = 1;
  };
  for (const Plant& plant : plants) {
    for (std::size_t i = std::max(plant.begin, begin); i < std::min(plant.end, end); ++i) {
      give(i, plant.anchor - ball[i]);
      out.weight[i] = 1;
    }
    if (plant.begin < end && plant.end > begin) {
      reach(plant.begin, kEase);
      reach(plant.end - 1, kEase);
    }
  }
  for (std::size_t i = 0; i < frames; ++i) {
    if (i < begin || i >= end || (fixed[i] & bit) != 0 || !near[i]) {
      if (curve.given[i] && i >= begin && i < end && (fixed[i] & bit) == 0) continue;
      give(i, Vec3::Zero());
    }
  }
  keep_between(curve, static_cast<double>(kMostOvershoot), 0.005);
  for (std::size_t i = 0; i < frames; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      out.shift[i][static_cast<Eigen::Index>(c)] = static_cast<float>(curve.at(i, c));
    }
  }
  // Steps leave the floor.
  for (std::size_t p = 1; p < plants.size(); ++p) {
    const Plant &before = plants[p - 1], &after = plants[p];
    if (!after.stepped || after.begin <= before.end || after.begin - before.end > 2 * kEase) continue;
    const float lift = std::min(kMostLift, kLiftShare * (after.anchor - before.anchor).norm());
    for (std::size_t i = before.end; i < after.begin; ++i) {
      const float u =
          static_cast<float>(i + 1 - before.end) / static_cast<float>(after.begin - before.end + 1);
      const float bump = std::sin(3.14159265f * u);
      if (i >= begin && i < end && (fixed[i] & bit) == 0) out.shift[i].y() += lift * bump * bump;
    }
  }
  return out;
}

std::vector<float> gaussian_kernel(float sigma) {
  std::vector<float> kernel;
  float total = 0;
  for (float x = -std::ceil(3 * sigma); x <= 3 * sigma; x += 1) {
    kernel.push_back(std::exp(-0.5f * x * x / (sigma * sigma)));
    total += kernel.back();
  }
  for (float& k : kernel) k /= total;
  return kernel;
}

template <class T>
std::vector<T> smoothed(const std::vector<T>& values, float sigma, T zero) {
  const std::vector<float> kernel = gaussian_kernel(sigma);
  const auto half = static_cast<std::ptrdiff_t>(kernel.size() / 2),
             last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  std::vector<T> out(values.size(), zero);
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    T sum = zero;
    for (std::ptrdiff_t k = -half; k <= half; ++k) {
      sum += kernel[static_cast<std::size_t>(k + half)] *
             values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
    }
    out[static_cast<std::size_t>(i)] = sum;
  }
  return out;
}

// 0 at fixed frames and outside [begin, end), 1 farther than kBodyEase away, C2 between.
std::vector<float> freedom(const ReplantFixed& fixed, std::size_t begin, std::size_t end) {
  const std::size_t frames = fixed.body.size();
  std::vector<float> distance(frames, static_cast<float>(kBodyEase));
  const auto held = [&](std::size_t i) { return i < begin || i >= end || fixed.body[i] || fixed.foot[i]; };
  for (std::size_t i = 0; i < frames; ++i) {
    if (held(i)) distance[i] = 0;
    if (i > 0) distance[i] = std::min(distance[i], distance[i - 1] + 1);
  }
  for (std::size_t i = frames; i-- > 1;) distance[i - 1] = std::min(distance[i - 1], distance[i] + 1);
  for (float& d : distance) {
    const float u = std::min(1.f, d / static_cast<float>(kBodyEase));
    d = u * u * u * (10 + u * (6 * u - 15));
  }
  return distance;
}

// Puts the ankle of one leg at `ankle`, the foot keeping its orientation.
void bend_leg(std::array<Quat, motion::kJoints>& world, const Pose& pose, const Leg& leg, const Vec3& moved,
              const Vec3& wanted) {
  const Vec3 hip = pose.positions[leg.hip], knee = pose.positions[leg.knee],
             ankle = pose.positions[leg.ankle];
  const Vec3 along = motion::unit_or(ankle - hip, -Vec3::UnitY());
  const Vec3 aside = knee - hip - along.dot(knee - hip) * along;
  const float straight = 1 - std::min(1.f, aside.norm() / 0.03f);
  motion::LegTarget target;
  target.hip = hip + moved;
  target.ankle = wanted;
  target.pole = aside + 0.03f * straight * (world[leg.hip] * Vec3::UnitZ());
  target.reach =
      std::max(0.997f * motion::leg_length(), std::min((ankle - hip).norm(), 0.9999f * motion::leg_length()));
  const motion::LegSolution solution = motion::solve_leg(target);
  const Quat foot = world[leg.ankle], toe = world[leg.ball];
  world[leg.hip] =
      motion::swing(world[leg.hip] * motion::offset(static_cast<int>(leg.knee)), solution.knee - target.hip) *
      world[leg.hip];
  world[leg.knee] = motion::swing(world[leg.knee] * motion::offset(static_cast<int>(leg.ankle)),
                                  solution.ankle - solution.knee) *
                    world[leg.knee];
  world[leg.ankle] = foot;
  world[leg.ball] = toe;
}

}  // namespace

void replant(motion::Clip& clip, std::size_t begin, std::size_t end, const ReplantFixed& fixed,
             motion::FootLock mode) {
  const std::size_t frames = clip.size();
  if (mode == motion::FootLock::off || frames < 3 || end <= begin) return;
  std::vector<Pose> poses;
  poses.reserve(frames);
  for (const motion::Frame& frame : clip.frames) poses.push_back(motion::world_pose(frame));

  std::array<Shift, 2> feet;
  for (std::size_t side = 0; side < 2; ++side) {
    const std::size_t ball_joint = kLegs[side].ball;
    const auto bit = static_cast<std::uint8_t>(1u << side);
    std::vector<Vec3> ball(frames);
    for (std::size_t i = 0; i < frames; ++i) ball[i] = poses[i].positions[ball_joint];
    const std::vector<Plant> plants =
        anchored(motion::find_plants(clip, poses, side == 0, mode), poses, ball_joint, fixed.foot, bit);
    feet[side] = foot_shift(ball, plants, begin, end, fixed.foot, bit);
  }

  const std::vector<float> free = freedom(fixed, begin, end);
  std::vector<Vec3> body(frames, Vec3::Zero());
  for (std::size_t i = begin; i < end; ++i) {
    const float l = feet[0].weight[i], r = feet[1].weight[i];
    body[i] = (l * feet[0].shift[i] + r * feet[1].shift[i]) / (l + r + 0.2f);
  }
  body = smoothed(body, kBodySigma, Vec3(Vec3::Zero()));
  std::vector<float> drop(frames, 0.f);
  for (std::size_t i = begin; i < end; ++i) {
    body[i] *= free[i];
    for (std::size_t side = 0; side < 2; ++side) {
      const Leg& leg = kLegs[side];
      const Vec3 line =
          poses[i].positions[leg.ankle] + feet[side].shift[i] - poses[i].positions[leg.hip] - body[i];
      const float reach = 0.997f * motion::leg_length(), level = std::hypot(line.x(), line.z());
      const float span = std::sqrt(std::max(0.f, reach * reach - level * level));
      drop[i] = std::max(drop[i], feet[side].weight[i] * std::clamp(-line.y() - span, 0.f, kMostDrop));
    }
  }
  drop = smoothed(drop, kBodySigma, 0.f);

  for (std::size_t i = begin; i < end; ++i) {
    const Vec3 moved = body[i] - Vec3(0, free[i] * drop[i], 0);
    std::array<Quat, motion::kJoints> world = poses[i].rotations;
    bool changed = false;
    for (std::size_t side = 0; side < 2; ++side) {
      if (feet[side].shift[i].norm() < 1e-6f && moved.norm() < 1e-6f) continue;
      bend_leg(world, poses[i], kLegs[side], moved,
               poses[i].positions[kLegs[side].ankle] + feet[side].shift[i]);
      changed = true;
    }
    if (!changed) continue;
    motion::Frame& frame = clip.frames[i];
    const motion::Frame before = frame;
    frame.root += moved;
    motion::set_world_rotations(frame, world);
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      frame.rotations[j] = motion::same_hemisphere(frame.rotations[j], before.rotations[j]);
    }
  }
}

}  // namespace terpsi::generate
