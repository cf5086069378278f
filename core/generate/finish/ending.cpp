#include "generate/finish/ending.h"

#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "generate/finish/breathing.h"
#include "generate/finish/frame_blend.h"
#include "motion/heading.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat, motion::Vec3;

constexpr double kChoiceSeconds = 24;   // of the dance before the end that poses are taken from
constexpr std::size_t kChoiceStep = 2;  // frames
constexpr double kDeepBreath = 0.8;     // seconds until the breath is full

// What makes a final pose, each about 0 to 1; see cost_of.
constexpr float kReachWeight = 3.0f;    // arms and height: what it is for
constexpr float kBalanceWeight = 2.0f;  // the body over its feet
constexpr float kPlantWeight = 2.5f;    // soles on the floor
constexpr float kStance = 0.16f;        // metres between the feet, across, that look like standing
constexpr float kStanceWeight = 5.0f;   // for each metre less
constexpr float kUprightWeight = 1.0f;  // standing, not crouching or lying
constexpr float kCalmWeight = 0.3f;     // the dance was slow there: a pose, not a passage
constexpr float kFrontWeight = 0.6f;    // faces the audience
constexpr float kStepWeight = 1.0f;     // how far the free foot must travel, metres
constexpr float kChangeWeight = 0.6f;   // how different it is from the pose that the dance is in
constexpr float kMostTurn = 0.7f;       // radians the body may turn on its way towards the front

Quat about_y(float angle) {
  return Quat(Eigen::AngleAxisf(angle, Vec3::UnitY()));
}

float wrapped(float angle) {
  return std::remainder(angle, 2.f * 3.14159265f);
}

// The frame turned about the vertical through the origin, then moved in the plane.
Frame placed(const Frame& frame, float turn, const Vec3& move) {
  Frame out = frame;
  const Quat q = about_y(turn);
  out.root = q * frame.root + Vec3(move.x(), 0.f, move.z());
  out.rotations[0] = (q * frame.rotations[0]).normalized();
  return out;
}

float sole_height(const motion::JointPositions& p, bool left) {
  const float ankle = p[left ? motion::kLAnkle : motion::kRAnkle].y() - motion::kAnkleRestHeight;
  const float ball = p[left ? motion::kLFoot : motion::kRFoot].y() - motion::kFootRestHeight;
  return std::max(std::abs(ankle), std::abs(ball));
}

Vec3 flat(const Vec3& v) {
  return {v.x(), 0.f, v.z()};
}

// Middle of a foot on the floor.
Vec3 foot(const motion::JointPositions& p, bool left) {
  return flat(0.5f *
              (p[left ? motion::kLAnkle : motion::kRAnkle] + p[left ? motion::kLFoot : motion::kRFoot]));
}

// Where the body's weight is: head, chest, pelvis and limbs by rough shares of mass.
Vec3 weight_of(const motion::JointPositions& p) {
  using namespace motion;
  Vec3 sum = 0.08f * p[kHead] + 0.28f * p[kSpine3] + 0.22f * p[kPelvis];
  sum += 0.10f * (p[kLHip] + p[kRHip]) + 0.06f * (p[kLKnee] + p[kRKnee]);
  return sum + 0.03f * (p[kLElbow] + p[kRElbow]) + 0.02f * (p[kLHand] + p[kRHand]);
}

// Distance of the weight from the line between the feet, metres.
float imbalance(const motion::JointPositions& p) {
  const Vec3 a = foot(p, true), b = foot(p, false), w = flat(weight_of(p));
  const Vec3 line = b - a;
  const float along =
      line.squaredNorm() > 1e-4f ? std::clamp((w - a).dot(line) / line.squaredNorm(), 0.2f, 0.8f) : 0.5f;
  return (w - a - along * line).norm();
}

// How far the left foot is left of the right one, metres; negative where the legs cross.
float stance_width(const motion::JointPositions& p) {
  const Vec3 across = flat(p[motion::kLHip] - p[motion::kRHip]);
  return (foot(p, true) - foot(p, false)).dot(motion::unit_or(across, Vec3::UnitX()));
}

// 0 (arms at the sides) to about 1 (far out or up).
float reach_of(const motion::JointPositions& p) {
  using namespace motion;
  const Vec3 chest = p[kSpine3];
  const float arms = 0.5f * ((p[kLHand] - chest).norm() + (p[kRHand] - chest).norm());
  const float up = std::max(p[kLHand].y(), p[kRHand].y()) - chest.y();
  const float out = (p[kLHand] - p[kRHand]).norm();
  return std::clamp(0.5f * (arms - 0.35f) / 0.3f, 0.f, 0.5f) + std::clamp(0.3f * up / 0.5f, 0.f, 0.3f) +
         std::clamp(0.2f * (out - 0.4f) / 0.9f, 0.f, 0.2f);
}

// Mean angle between two frames' joints, radians, the pelvis aside.
float difference(const Frame& a, const Frame& b) {
  float sum = 0.f;
  for (std::size_t j = 1; j < motion::kJoints; ++j)
    sum += motion::angle_of(a.rotations[j].conjugate() * b.rotations[j]);
  return sum / (motion::kJoints - 1);
}

class FinalPose {
 public:
  explicit FinalPose(const Frame& now) : now_(now), joints_(motion::joint_positions(now)) {
    const bool left = sole_height(joints_, true) <= sole_height(joints_, false);
    const bool both = std::max(sole_height(joints_, true), sole_height(joints_, false)) < 0.03f;
    stands_[0] = left || both;
    stands_[1] = !left || both;
  }

  void consider(const Frame& frame, float speed) {
    const motion::JointPositions p = motion::joint_positions(frame);
    float cost = -kReachWeight * reach_of(p) + kCalmWeight * std::min(speed, 2.f);
    cost += kBalanceWeight * std::min(imbalance(p) / 0.15f, 2.f);
    cost += kPlantWeight * std::min((sole_height(p, true) + sole_height(p, false)) / 0.12f, 2.f);
    cost += kStanceWeight * std::max(0.f, kStance - stance_width(p));
    const float chest_up = (p[motion::kNeck] - p[motion::kPelvis]).normalized().y();
    cost += kUprightWeight * (std::max(0.f, 0.95f - chest_up) * 3.f + std::max(0.f, 0.82f - p[0].y()) * 8.f);
    cost += kChangeWeight * std::max(0.f, difference(now_, frame) - 0.25f);
    if (cost >= best_cost_) return;
    for (bool left : {true, false}) {
      if (stands_[left ? 0 : 1]) place(frame, p, left, cost);
    }
  }

  const Frame& best() const { return best_; }

 private:
  // Tries the frame with this foot where the dancer's is.
  void place(const Frame& frame, const motion::JointPositions& p, bool left, float cost) {
    const float now = motion::front_of(now_.rotations[0]);
    const float goal = wrapped(now - std::clamp(wrapped(now), -kMostTurn, kMostTurn));
    const Quat turn = about_y(wrapped(goal - motion::front_of(frame.rotations[0])));
    const Vec3 move = foot(joints_, left) - turn * foot(p, left);
    const float step = (turn * foot(p, !left) + move - foot(joints_, !left)).norm();
    cost += kFrontWeight * 0.5f * (1.f - std::cos(goal)) + kStepWeight * step;
    if (cost >= best_cost_) return;
    best_cost_ = cost;
    best_ = placed(frame, wrapped(goal - motion::front_of(frame.rotations[0])), move);
  }

  Frame now_;
  motion::JointPositions joints_;
  bool stands_[2] = {true, true};
  float best_cost_ = HUGE_VALF;
  Frame best_;
};

// How long the dancer reaches for the last pose, and how many frames come before; 0 where there is nothing to
// end.
struct Reach {
  double seconds = 0;
  std::size_t from = 0;
};

Reach reach_for(const motion::Clip& clip, double beat, double period) {
  const auto fps = static_cast<double>(clip.fps);
  if (!(beat >= 0) || !(fps > 0)) return {};
  const double seconds =
      std::isfinite(period) ? std::clamp(period, kShortestReach, kLongestReach) : kShortestReach;
  const double leave = beat - seconds;
  if (leave < 1 || leave * fps >= static_cast<double>(clip.size())) return {};
  return {seconds, static_cast<std::size_t>(std::floor(leave * fps)) + 1};
}

}  // namespace

Frame choose_final_pose(const motion::Clip& clip, std::size_t from, std::size_t to) {
  FinalPose search(clip.frames[to - 1]);
  const auto speed = [&](std::size_t i) {
    const std::size_t before = std::max(i, from + 1) - 1;
    const auto a = motion::joint_positions(clip.frames[before]), b = motion::joint_positions(clip.frames[i]);
    float sum = 0.f;
    for (std::size_t j = 0; j < motion::kJoints; ++j) sum += (b[j] - a[j]).norm();
    return sum / motion::kJoints * clip.fps;
  };
  for (std::size_t i = to; i-- > from;) {
    if ((to - 1 - i) % kChoiceStep != 0) continue;
    const float now = speed(i);
    search.consider(clip.frames[i], now);
    search.consider(motion::mirrored(clip.frames[i]), now);
  }
  Frame best = search.best();
  best.contacts.fill(1.f);
  return best;
}

void hold_pose(motion::Clip& clip, double beat, double reach, const Frame& pose) {
  const auto fps = static_cast<double>(clip.fps);
  if (!(fps > 0) || !(reach > 0) || !std::isfinite(beat)) return;
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const double t = static_cast<double>(i) / fps;
    if (t <= beat - reach) continue;
    Frame& frame = clip.frames[i];
    const auto w = static_cast<float>(minimum_jerk((t - beat + reach) / reach));
    Frame held = pose;
    add_breath(held, t - beat, static_cast<float>(minimum_jerk((t - beat) / kDeepBreath)));
    frame = w < 1.f ? blended(frame, held, w) : held;
  }
}

void end_dance(motion::Clip& clip, double beat, double period) {
  const Reach reach = reach_for(clip, beat, period);
  if (reach.from == 0) return;
  const auto choice = static_cast<std::size_t>(kChoiceSeconds * static_cast<double>(clip.fps));
  const std::size_t first = reach.from > choice ? reach.from - choice : 0;
  hold_pose(clip, beat, reach.seconds, choose_final_pose(clip, first, reach.from));
}

void end_dance_in(motion::Clip& clip, double beat, double period, const Frame& pose) {
  const Reach reach = reach_for(clip, beat, period);
  if (reach.from == 0) return;
  FinalPose place(clip.frames[reach.from - 1]);
  place.consider(pose, 0.f);
  Frame placed = place.best();
  placed.contacts.fill(1.f);
  hold_pose(clip, beat, reach.seconds, placed);
}

}  // namespace terpsi::generate
