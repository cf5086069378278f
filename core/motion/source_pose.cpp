#include "motion/source_pose.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include "base/curves.h"
#include "base/statistics.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

namespace terpsi::motion {

namespace {

using Positions = std::vector<JointPositions>;
constexpr float kDegree = 0.01745329252f;

Vec3 hips_middle(const JointPositions& p) {
  return 0.5f * (p[kLHip] + p[kRHip]);
}
// Upward directions of pelvis, chest and the whole trunk; not unit.
Vec3 pelvis_up(const JointPositions& p) {
  return p[kSpine1] + p[kSpine2] - 2 * hips_middle(p);
}
Vec3 chest_up(const JointPositions& p) {
  return p[kNeck] - p[kSpine3];
}
Vec3 trunk_up(const JointPositions& p) {
  return p[kNeck] - hips_middle(p);
}
Vec3 hips_left(const JointPositions& p) {
  return p[kLHip] - p[kRHip];
}
Vec3 shoulders_left(const JointPositions& p) {
  return p[kLShoulder] - p[kRShoulder] + p[kLCollar] - p[kRCollar];
}

// Orientation of a part of the trunk whose source has its spine joints elsewhere: the frame of (left, up),
// pitched by a constant so that the median angle between `up` and the trunk line, seen from the side, is that
// of our T-pose.
template <class Up, class Left>
std::vector<Quat> trunk_frames(const Positions& joints, Up up, Left left) {
  const auto pitch_from_trunk = [&](const JointPositions& p) {
    const Vec3 x = unit_or(left(p), Vec3::UnitX());
    return angle_about(x, trunk_up(p), up(p));
  };
  std::vector<float> pitch;
  for (const JointPositions& p : joints) pitch.push_back(pitch_from_trunk(p));
  const float bias = quantile(pitch, 0.5) - pitch_from_trunk(rest_positions());
  // In the T-pose `up` is not exactly vertical either.
  const Quat rest = frame_from_xy(left(rest_positions()), up(rest_positions()));
  std::vector<Quat> frames;
  for (const JointPositions& p : joints) {
    const Vec3 x = unit_or(left(p), Vec3::UnitX());
    const Vec3 corrected = Eigen::AngleAxisf(-bias, x) * up(p);
    frames.push_back(frame_from_xy(x, corrected) * rest.conjugate());
  }
  return frames;
}

// One limb of two bones whose middle joint is a hinge. One entry per frame.
struct Limb {
  std::vector<Vec3> upper, lower;  // world directions of the bones, unit
  std::vector<Quat> parent;        // world orientation that the limb hangs from
  Vec3 rest;                       // upper bone in the T-pose, unit
  Vec3 hinge;                      // axis about which the lower bone bends, in the T-pose
  std::vector<Vec3> hint;          // another estimate of the hinge's direction, or empty
  std::vector<float> hint_weight;
  float hint_angle = 0;  // of the hint from the hinge in the T-pose, about the upper bone
};

// Turns the twist of each frame into one that the plane of the bend explains where there is a bend, and
// neighbours, hint and T-pose elsewhere.
std::vector<Quat> upper_orientations(const Limb& limb) {
  using Complex = std::complex<float>;
  const std::size_t frames = limb.upper.size();
  std::vector<Quat> reference(frames);
  std::vector<Complex> votes(frames);
  std::vector<float> bend(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const Vec3& axis = limb.upper[i];
    reference[i] = swing(limb.parent[i] * limb.rest, axis) * limb.parent[i];
    const Vec3 zero_twist = reference[i] * limb.hinge;
    const Vec3 normal = axis.cross(limb.lower[i]);
    const float sine = normal.norm(), cosine = axis.dot(limb.lower[i]);
    bend[i] = cosine < 0 ? 1.f : smoothstep(sine, std::sin(10 * kDegree), std::sin(35 * kDegree));
    Complex vote(0.02f, 0.f);
    if (sine > 1e-4f) {
      const float twist = angle_about(axis, zero_twist, normal);
      // A joint that seems bent the wrong way a little is a straight joint with noise.
      const float believable = std::abs(twist) > 110 * kDegree && cosine > 0.7f ? 0.05f : 1.f;
      bend[i] *= believable;
      vote += std::polar(bend[i], twist);
    }
    if (!limb.hint.empty())
      vote += std::polar(limb.hint_weight[i] * (1.f - bend[i]),
                         angle_about(axis, zero_twist, limb.hint[i]) - limb.hint_angle);
    votes[i] = vote;
  }
  const auto blurred = [&](std::size_t i, float sigma) {
    const auto reach = static_cast<std::size_t>(std::ceil(3 * sigma));
    const std::size_t begin = i > reach ? i - reach : 0, end = std::min(frames, i + reach + 1);
    Complex sum(0, 0);
    for (std::size_t k = begin; k < end; ++k) {
      const float x = (static_cast<float>(k) - static_cast<float>(i)) / sigma;
      sum += std::exp(-0.5f * x * x) * votes[k];
    }
    const float size = std::abs(sum);
    return size > 1e-6f ? sum / size : Complex(1, 0);
  };
  std::vector<Quat> out(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const Complex twist = bend[i] * blurred(i, 0.8f) + (1.05f - bend[i]) * blurred(i, 4.f);
    out[i] = Quat(Eigen::AngleAxisf(std::arg(twist), limb.upper[i])) * reference[i];
  }
  return out;
}

std::vector<Vec3> directions(const Positions& joints, Joint from, Joint to, const Vec3& fallback) {
  std::vector<Vec3> out;
  Vec3 last = fallback;
  for (const JointPositions& p : joints) {
    last = unit_or(p[to] - p[from], last);
    out.push_back(last);
  }
  return out;
}

// Height that a tenth of the frames have their joint below, metres.
float low_height(const Positions& joints, Joint joint) {
  std::vector<float> heights;
  for (const JointPositions& p : joints) heights.push_back(p[joint].y());
  return quantile(std::move(heights), 0.1);
}

// The slope (radians) of ankle over ball when the sole is flat: the flattest tenth of the frames in which the
// ball is low.
float flat_slope(const Positions& joints, const Leg& leg) {
  const float low = low_height(joints, leg.ball) + 0.04f;
  std::vector<float> slopes;
  for (const JointPositions& p : joints) {
    if (p[leg.ball].y() > low) continue;
    const Vec3 d = p[leg.ankle] - p[leg.ball];
    slopes.push_back(std::atan2(d.y(), std::hypot(d.x(), d.z())));
  }
  if (slopes.empty()) return 22 * kDegree;
  return std::clamp(quantile(std::move(slopes), 0.1), 3 * kDegree, 40 * kDegree);
}

// Mean of unit vectors, no further than `limit` radians from `rest`.
Vec3 mean_near(const std::vector<Vec3>& values, const Vec3& rest, float limit) {
  Vec3 sum = Vec3::Zero();
  for (const Vec3& v : values) sum += v;
  return clamped(swing(rest, sum), limit) * rest;
}

struct Foot {
  std::vector<Vec3> forward;  // from ankle to ball, unit
  float slope;                // of the flat foot
  Quat rest;                  // foot_frame of the T-pose (our feet point outward a little)
};

// Frame with x towards `side` and z along the foot, raised by its slope so that it lies in the sole.
Quat foot_frame(const Vec3& forward, const Vec3& side, float slope) {
  const Vec3 z = Eigen::AngleAxisf(-slope, side) * forward;
  const Vec3 x = unit_or(side - z.dot(side) * z, z.unitOrthogonal());
  Eigen::Matrix3f m;
  m.col(0) = x;
  m.col(1) = z.cross(x);
  m.col(2) = z;
  return Quat(m).normalized();
}

// Sole orientation: forward along the foot (levelled by the flat slope), sideways as the shin's hinge when
// the foot is in the air or points down, and level where the foot lies on the floor.
Quat foot_orientation(const Foot& foot, std::size_t i, const Vec3& shin_hinge, float height) {
  const Vec3& f = foot.forward[i];
  const Vec3 level = Vec3::UnitY().cross(f);
  const float level_weight = level.norm() * (1.f - smoothstep(height, 0.04f, 0.15f));
  const Vec3 hinge = unit_or(shin_hinge - f.dot(shin_hinge) * f, level);
  const Vec3 x = unit_or(level_weight * unit_or(level, hinge) + (1.05f - level_weight) * hinge, hinge);
  return foot_frame(f, x, foot.slope) * foot.rest.conjugate();
}

// The joint `from`, which swings about its mean direction in the chest by at most `limit` radians.
std::vector<Quat> swing_in_chest(const Positions& joints, const std::vector<Quat>& chest, Joint from,
                                 Joint to, float limit) {
  const Vec3 rest = offset(to).normalized();
  std::vector<Vec3> local = directions(joints, from, to, rest);
  for (std::size_t i = 0; i < joints.size(); ++i) local[i] = chest[i].conjugate() * local[i];
  const Vec3 mean = mean_near(local, rest, 25 * kDegree);
  std::vector<Quat> out;
  for (const Vec3& v : local) out.push_back(clamped(swing(mean, v), limit));
  return out;
}

void orient_trunk(const Positions& joints, const std::vector<Quat>& pelvis, const std::vector<Quat>& chest,
                  std::vector<WorldRotations>& world) {
  const std::vector<Quat> neck = swing_in_chest(joints, chest, kNeck, kHead, 60 * kDegree);
  for (std::size_t i = 0; i < joints.size(); ++i) {
    const Quat bend = pelvis[i].conjugate() * chest[i];
    world[i][kPelvis] = pelvis[i];
    world[i][kSpine1] = pelvis[i] * scaled(bend, 1.f / 3);
    world[i][kSpine2] = pelvis[i] * scaled(bend, 2.f / 3);
    world[i][kSpine3] = chest[i];
    world[i][kNeck] = chest[i] * neck[i];
    world[i][kHead] = chest[i] * neck[i] * scaled(neck[i], 0.3f);
  }
}

void orient_arm(const Positions& joints, const std::vector<Quat>& chest, const Arm& arm, const Vec3& hinge,
                std::vector<WorldRotations>& world) {
  const std::vector<Quat> shrug = swing_in_chest(joints, chest, arm.collar, arm.shoulder, 35 * kDegree);
  Limb limb;
  limb.rest = offset(arm.elbow).normalized();
  limb.hinge = hinge;
  limb.upper = directions(joints, arm.shoulder, arm.elbow, -Vec3::UnitY());
  limb.lower = directions(joints, arm.elbow, arm.wrist, -Vec3::UnitY());
  limb.parent = chest;
  const std::vector<Quat> upper = upper_orientations(limb);
  const std::vector<Vec3> fingers = directions(joints, arm.wrist, arm.hand, -Vec3::UnitY());
  for (std::size_t i = 0; i < joints.size(); ++i) {
    WorldRotations& w = world[i];
    w[arm.collar] = chest[i] * shrug[i];
    w[arm.shoulder] = upper[i];
    w[arm.elbow] = swing(upper[i] * offset(arm.wrist), limb.lower[i]) * upper[i];
    w[arm.wrist] = clamped(swing(limb.lower[i], fingers[i]), 80 * kDegree) * w[arm.elbow];
    w[arm.hand] = w[arm.wrist];
  }
}

void orient_leg(const Positions& joints, const std::vector<Quat>& pelvis, const Leg& leg,
                std::vector<WorldRotations>& world) {
  const Vec3 rest_forward = offset(leg.ball).normalized();
  const float rest_slope = std::atan2(-rest_forward.y(), std::hypot(rest_forward.x(), rest_forward.z()));
  Foot foot;
  foot.slope = flat_slope(joints, leg);
  foot.forward = directions(joints, leg.ankle, leg.ball, Vec3::UnitZ());
  foot.rest = foot_frame(rest_forward, Vec3::UnitY().cross(rest_forward).normalized(), rest_slope);
  Limb limb;
  limb.rest = offset(leg.knee).normalized();
  limb.hinge = Vec3::UnitX();
  limb.upper = directions(joints, leg.hip, leg.knee, -Vec3::UnitY());
  limb.lower = directions(joints, leg.knee, leg.ankle, -Vec3::UnitY());
  limb.parent = pelvis;
  limb.hint_angle = angle_about(limb.rest, limb.hinge, rest_forward.cross(offset(leg.ankle)));
  for (std::size_t i = 0; i < joints.size(); ++i) {
    // The knee's hinge if the foot points where the knee does.
    const Vec3 across = foot.forward[i].cross(limb.lower[i]);
    limb.hint.push_back(across);
    limb.hint_weight.push_back(0.3f * across.squaredNorm());
  }
  const std::vector<Quat> thigh = upper_orientations(limb);
  const float floor = low_height(joints, leg.ball);
  for (std::size_t i = 0; i < joints.size(); ++i) {
    WorldRotations& w = world[i];
    w[leg.hip] = thigh[i];
    w[leg.knee] = swing(thigh[i] * offset(leg.ankle), limb.lower[i]) * thigh[i];
    w[leg.ankle] = foot_orientation(foot, i, w[leg.knee] * Vec3::UnitX(), joints[i][leg.ball].y() - floor);
    w[leg.ball] = w[leg.ankle];
  }
}

}  // namespace

std::vector<WorldRotations> rotations_from_positions(const Positions& joints) {
  std::vector<WorldRotations> world(joints.size());
  const std::vector<Quat> pelvis = trunk_frames(joints, pelvis_up, hips_left);
  const std::vector<Quat> chest = trunk_frames(joints, chest_up, shoulders_left);
  orient_trunk(joints, pelvis, chest, world);
  orient_arm(joints, chest, kArms[0], Vec3(0, -1, 0), world);
  orient_arm(joints, chest, kArms[1], Vec3(0, 1, 0), world);
  for (const Leg& leg : kLegs) orient_leg(joints, pelvis, leg, world);
  return world;
}

}  // namespace terpsi::motion
