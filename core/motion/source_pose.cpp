#include "motion/source_pose.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "motion/kinematics.h"
#include "motion/rotation.h"

namespace terpsi::motion {

namespace {

using Positions = std::vector<JointPositions>;
constexpr float kDegree = 0.01745329252f;

float smooth_step(float x, float low, float high) {
  const float t = std::clamp((x - low) / (high - low), 0.f, 1.f);
  return t * t * (3 - 2 * t);
}

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

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
  const float bias = median(pitch) - pitch_from_trunk(rest_positions());
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

// One limb of two bones whose middle joint is a hinge.
struct Limb {
  std::vector<Vec3> upper, lower;  // world directions of the bones, unit
  std::vector<Quat> parent;        // world orientation the limb hangs from
  Vec3 rest;                       // upper bone in the T-pose, unit
  Vec3 hinge;                      // axis about which the lower bone bends, in the T-pose
  std::vector<Vec3> hint;          // another direction of the hinge, or empty
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
    bend[i] = cosine < 0 ? 1.f : smooth_step(sine, std::sin(10 * kDegree), std::sin(35 * kDegree));
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

std::vector<Vec3> directions(const Positions& joints, int from, int to, const Vec3& fallback) {
  std::vector<Vec3> out;
  Vec3 last = fallback;
  for (const JointPositions& p : joints) {
    last = unit_or(p[static_cast<std::size_t>(to)] - p[static_cast<std::size_t>(from)], last);
    out.push_back(last);
  }
  return out;
}

// The slope (radians) of ankle over ball when the sole is flat: the flattest tenth of the frames in which the
// ball is low.
float flat_slope(const Positions& joints, int ankle, int ball) {
  const auto a = static_cast<std::size_t>(ankle), b = static_cast<std::size_t>(ball);
  std::vector<float> heights;
  for (const JointPositions& p : joints) heights.push_back(p[b].y());
  std::nth_element(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 10),
                   heights.end());
  const float low = heights[heights.size() / 10] + 0.04f;
  std::vector<float> slopes;
  for (const JointPositions& p : joints) {
    if (p[b].y() > low) continue;
    const Vec3 d = p[a] - p[b];
    slopes.push_back(std::atan2(d.y(), std::hypot(d.x(), d.z())));
  }
  if (slopes.empty()) return 22 * kDegree;
  const auto tenth = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 10);
  std::nth_element(slopes.begin(), tenth, slopes.end());
  return std::clamp(*tenth, 3 * kDegree, 40 * kDegree);
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
  const float level_weight = level.norm() * (1.f - smooth_step(height, 0.04f, 0.15f));
  const Vec3 hinge = unit_or(shin_hinge - f.dot(shin_hinge) * f, level);
  const Vec3 x = unit_or(level_weight * unit_or(level, hinge) + (1.05f - level_weight) * hinge, hinge);
  return foot_frame(f, x, foot.slope) * foot.rest.conjugate();
}

}  // namespace

std::vector<WorldRotations> rotations_from_positions(const Positions& joints) {
  const std::size_t frames = joints.size();
  std::vector<WorldRotations> world(frames);
  for (WorldRotations& w : world) w.fill(Quat::Identity());

  const std::vector<Quat> pelvis = trunk_frames(joints, pelvis_up, hips_left);
  const std::vector<Quat> chest = trunk_frames(joints, chest_up, shoulders_left);
  for (std::size_t i = 0; i < frames; ++i) {
    const Quat bend = pelvis[i].conjugate() * chest[i];
    world[i][kPelvis] = pelvis[i];
    world[i][kSpine1] = pelvis[i] * scaled(bend, 1.f / 3);
    world[i][kSpine2] = pelvis[i] * scaled(bend, 2.f / 3);
    world[i][kSpine3] = chest[i];
  }

  // Parts that swing about their mean direction in the chest.
  const auto swing_in_chest = [&](int from, int to, float limit) {
    const Vec3 rest = offset(to).normalized();
    std::vector<Vec3> local = directions(joints, from, to, rest);
    for (std::size_t i = 0; i < frames; ++i) local[i] = chest[i].conjugate() * local[i];
    const Vec3 mean = mean_near(local, rest, 25 * kDegree);
    std::vector<Quat> out;
    for (const Vec3& v : local) out.push_back(clamped(swing(mean, v), limit));
    return out;
  };
  const std::vector<Quat> neck = swing_in_chest(kNeck, kHead, 60 * kDegree);
  for (std::size_t i = 0; i < frames; ++i) {
    world[i][kNeck] = chest[i] * neck[i];
    world[i][kHead] = chest[i] * neck[i] * scaled(neck[i], 0.3f);
  }

  for (const bool left : {true, false}) {
    const int collar = left ? kLCollar : kRCollar, shoulder = left ? kLShoulder : kRShoulder,
              elbow = left ? kLElbow : kRElbow, wrist = left ? kLWrist : kRWrist,
              hand = left ? kLHand : kRHand;
    const auto c = static_cast<std::size_t>(collar), s = static_cast<std::size_t>(shoulder),
               e = static_cast<std::size_t>(elbow), w = static_cast<std::size_t>(wrist),
               h = static_cast<std::size_t>(hand);
    const std::vector<Quat> shrug = swing_in_chest(collar, shoulder, 35 * kDegree);
    Limb arm;
    arm.rest = offset(elbow).normalized();
    arm.hinge = left ? Vec3(0, -1, 0) : Vec3(0, 1, 0);
    arm.upper = directions(joints, shoulder, elbow, -Vec3::UnitY());
    arm.lower = directions(joints, elbow, wrist, -Vec3::UnitY());
    arm.parent = chest;
    const std::vector<Quat> upper = upper_orientations(arm);
    const std::vector<Vec3> fingers = directions(joints, wrist, hand, -Vec3::UnitY());
    for (std::size_t i = 0; i < frames; ++i) {
      world[i][c] = chest[i] * shrug[i];
      world[i][s] = upper[i];
      world[i][e] = swing(upper[i] * offset(wrist), arm.lower[i]) * upper[i];
      const Quat bent = clamped(swing(arm.lower[i], fingers[i]), 80 * kDegree);
      world[i][w] = bent * world[i][e];
      world[i][h] = world[i][w];
    }
  }

  for (const bool left : {true, false}) {
    const int hip = left ? kLHip : kRHip, knee = left ? kLKnee : kRKnee, ankle = left ? kLAnkle : kRAnkle,
              ball = left ? kLFoot : kRFoot;
    const auto hi = static_cast<std::size_t>(hip), kn = static_cast<std::size_t>(knee),
               an = static_cast<std::size_t>(ankle), ba = static_cast<std::size_t>(ball);
    Foot foot;
    foot.slope = flat_slope(joints, ankle, ball);
    foot.forward = directions(joints, ankle, ball, Vec3::UnitZ());
    const Vec3 rest_forward = offset(ball).normalized();
    const float rest_slope = std::atan2(-rest_forward.y(), std::hypot(rest_forward.x(), rest_forward.z()));
    foot.rest = foot_frame(rest_forward, Vec3::UnitY().cross(rest_forward).normalized(), rest_slope);
    Limb leg;
    leg.rest = offset(knee).normalized();
    leg.hinge = Vec3::UnitX();
    leg.upper = directions(joints, hip, knee, -Vec3::UnitY());
    leg.lower = directions(joints, knee, ankle, -Vec3::UnitY());
    leg.parent = pelvis;
    leg.hint_angle = angle_about(leg.rest, leg.hinge, rest_forward.cross(offset(ankle)));
    for (std::size_t i = 0; i < frames; ++i) {
      const Vec3 across =
          foot.forward[i].cross(leg.lower[i]);  // the knee's hinge if the foot points where the knee does
      leg.hint.push_back(across);
      leg.hint_weight.push_back(0.3f * across.squaredNorm());
    }
    const std::vector<Quat> thigh = upper_orientations(leg);
    std::vector<float> heights;
    for (const JointPositions& p : joints) heights.push_back(p[ba].y());
    std::nth_element(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(frames / 10),
                     heights.end());
    const float floor = heights[frames / 10];
    for (std::size_t i = 0; i < frames; ++i) {
      world[i][hi] = thigh[i];
      world[i][kn] = swing(thigh[i] * offset(ankle), leg.lower[i]) * thigh[i];
      world[i][an] = foot_orientation(foot, i, world[i][kn] * Vec3::UnitX(), joints[i][ba].y() - floor);
      world[i][ba] = world[i][an];
    }
  }
  return world;
}

}  // namespace terpsi::motion
