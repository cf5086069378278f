#include "motion/joint_limits.h"

#include <algorithm>
#include <cmath>

#include "motion/mirror.h"
#include "motion/rotation.h"

namespace terpsi::motion {

namespace {

constexpr float kDegree = 3.14159265f / 180.f;

// Forward bends of the trunk turn about +x, of hips and ankles (toes up) about -x, of knees about +x; the
// left leg leaves the midline about +z, the left arm rises about +z and comes forward about -y.
constexpr JointRange kHip{1, {-140, -60, -45}, {45, 75, 110}};
constexpr JointRange kKnee{1, {-12, -45, -35}, {155, 45, 35}};
constexpr JointRange kAnkle{2, {-55, -60, -45}, {80, 60, 45}};
constexpr JointRange kToes{2, {-70, -20, -25}, {40, 20, 25}};
constexpr JointRange kSpine{1, {-55, -40, -35}, {65, 40, 35}};
constexpr JointRange kNeckRange{1, {-55, -55, -45}, {55, 55, 45}};
constexpr JointRange kCollar{0, {-50, -50, -50}, {50, 50, 55}};
constexpr JointRange kShoulder{0, {-120, -140, -115}, {120, 80, 110}};
constexpr JointRange kElbow{0, {-180, -165, -165}, {180, 165, 165}};
constexpr JointRange kWrist{0, {-45, -80, -75}, {45, 80, 75}};
constexpr JointRange kKnuckles{0, {-30, -60, -60}, {30, 60, 60}};
constexpr JointRange kFree{1, {-180, -180, -180}, {180, 180, 180}};

constexpr std::array<JointRange, kJoints> kRanges = {
    kFree,     kHip,      kHip,   kSpine, kKnee,      kKnee,   kSpine,    kAnkle,
    kAnkle,    kSpine,    kToes,  kToes,  kNeckRange, kCollar, kCollar,   kNeckRange,
    kShoulder, kShoulder, kElbow, kElbow, kWrist,     kWrist,  kKnuckles, kKnuckles};

// Half the angle of a rotation that uses no more than kFreeShare of any of the joint's limits has at least
// this cosine: swing and twist turn by no more than the whole.
const std::array<float, kJoints> kFreeCosine = [] {
  std::array<float, kJoints> out{};
  for (std::size_t j = 0; j < kJoints; ++j) {
    float least = 180;
    for (std::size_t k = 0; k < 3; ++k) least = std::min({least, -kRanges[j].low[k], kRanges[j].high[k]});
    out[j] = std::cos(0.5f * kFreeShare * least * kDegree);
  }
  return out;
}();

struct SwingTwist {
  Quat swing, twist;
  // Rotation vector of the swing, with the twist's angle in place of its zero; radians.
  std::array<float, 3> turn;
};

bool is_right(int joint) {
  return joint > kMirror[static_cast<std::size_t>(joint)];  // each right joint comes after its left one
}

SwingTwist split(const JointRange& range, const Quat& rotation) {
  const Quat q = rotation.w() < 0 ? Quat(-rotation.coeffs()) : rotation;
  const auto bone = static_cast<std::size_t>(range.bone);
  const float along = q.vec()[range.bone];
  const float norm = std::hypot(q.w(), along);
  SwingTwist out{q, Quat::Identity(), {0, 0, 0}};
  if (norm > 1e-6f) {
    Vec3 axis = Vec3::Zero();
    axis[range.bone] = along / norm;
    out.twist = Quat(q.w() / norm, axis.x(), axis.y(), axis.z());
    out.swing = q * out.twist.conjugate();
  }
  const Vec3 v = out.swing.vec();
  const float sine = v.norm();
  const float angle = 2 * std::atan2(sine, out.swing.w());
  for (std::size_t k = 0; k < 3; ++k)
    out.turn[k] = sine > 1e-7f ? angle * v[static_cast<Eigen::Index>(k)] / sine : 0.f;
  out.turn[bone] = 2 * std::atan2(out.twist.vec()[range.bone], out.twist.w());
  return out;
}

// Shares of the ranges that are in use: 1 = at the limit.
struct Use {
  float swing, twist;
};

Use use_of(const JointRange& range, const SwingTwist& parts) {
  float sum = 0, twist = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const float share = parts.turn[k] / (kDegree * (parts.turn[k] < 0 ? range.low[k] : range.high[k]));
    if (k == static_cast<std::size_t>(range.bone))
      twist = share;
    else
      sum += share * share;
  }
  return {std::sqrt(sum), twist};
}

// Identity up to kFreeShare, then towards 1.
float compressed(float share) {
  if (share <= kFreeShare) return share;
  constexpr float kRoom = 1 - kFreeShare;
  const float beyond = (share - kFreeShare) / kRoom;
  return kFreeShare + kRoom * beyond / (1 + beyond);
}

}  // namespace

const JointRange& joint_range(int joint) {
  return kRanges[static_cast<std::size_t>(joint)];
}

float outside_range(int joint, const Quat& rotation) {
  if (joint == kPelvis || std::abs(rotation.w()) >= kFreeCosine[static_cast<std::size_t>(joint)]) return 0;
  const JointRange& range = joint_range(joint);
  const SwingTwist parts = split(range, is_right(joint) ? mirrored(rotation) : rotation);
  const Use use = use_of(range, parts);
  const auto bone = static_cast<std::size_t>(range.bone);
  float swing = 0;
  for (std::size_t k = 0; k < 3; ++k)
    if (k != bone) swing += parts.turn[k] * parts.turn[k];
  float out = 0;
  if (use.swing > 1) out = std::sqrt(swing) * (1 - 1 / use.swing);
  if (use.twist > 1) out = std::max(out, std::abs(parts.turn[bone]) * (1 - 1 / use.twist));
  return out;
}

Quat within_range(int joint, const Quat& rotation) {
  if (joint == kPelvis || std::abs(rotation.w()) >= kFreeCosine[static_cast<std::size_t>(joint)])
    return rotation;
  const JointRange& range = joint_range(joint);
  const bool right = is_right(joint);
  const SwingTwist parts = split(range, right ? mirrored(rotation) : rotation);
  const Use use = use_of(range, parts);
  if (use.swing <= kFreeShare && use.twist <= kFreeShare) return rotation;
  const Quat swing =
      use.swing > kFreeShare ? scaled(parts.swing, compressed(use.swing) / use.swing) : parts.swing;
  const Quat twist =
      use.twist > kFreeShare ? scaled(parts.twist, compressed(use.twist) / use.twist) : parts.twist;
  const Quat out = swing * twist;
  return same_hemisphere(right ? mirrored(out) : out, rotation);
}

JointLimitShares outside_shares(const Clip& clip, float tolerance) {
  JointLimitShares out;
  if (clip.frames.empty()) return out;
  const double one = 1.0 / static_cast<double>(clip.size());
  for (const Frame& frame : clip.frames) {
    bool any = false;
    for (int j = 1; j < kJoints; ++j) {
      const auto joint = static_cast<std::size_t>(j);
      if (outside_range(j, frame.rotations[joint]) <= tolerance) continue;
      out.joint[joint] += one;
      any = true;
    }
    if (any) out.any += one;
  }
  return out;
}

void limit_upper_body(Clip& clip) {
  constexpr std::array<int, 15> kUpper = {kSpine1,  kSpine2,  kSpine3,    kNeck,      kHead,
                                          kLCollar, kRCollar, kLShoulder, kRShoulder, kLElbow,
                                          kRElbow,  kLWrist,  kRWrist,    kLHand,     kRHand};
  for (Frame& frame : clip.frames)
    for (const int j : kUpper) {
      Quat& q = frame.rotations[static_cast<std::size_t>(j)];
      q = within_range(j, q);
    }
}

}  // namespace terpsi::motion
