#pragma once
// Ranges of motion of human joints. A local rotation is swing * twist: the twist turns about the bone, the
// swing is the shortest rotation that then points the bone elsewhere. Each joint has a range of twist and,
// for the swing, an ellipse with its own half axis in each direction.
//
// Ranges are those of healthy adults [AAOS 1965], of the ankle under load [Bennell 1998], wider at hips and
// trunk, where dancers reach further, and at shoulders, elbows and knees, where motion capture leaves open
// how a limb's twist is shared between its joints.

#include <array>

#include "motion/clip.h"

namespace terpsi::motion {

// For joints of the midline and the left side; the right is the mirror image.
struct JointRange {
  // The axis along which the bone lies in the T-pose, about which twist is measured: 0 = x, 1 = y, 2 = z.
  int bone;
  // Degrees about the parent's x, y and z axes, low < 0 < high.
  std::array<float, 3> low, high;
};

// The range of `joint` or of its mirror image. Precondition: 0 < joint < kJoints; the pelvis turns freely.
const JointRange& joint_range(int joint);

// Radians by which a local rotation lies outside the joint's range (the greater of swing and twist); 0
// inside.
float outside_range(int joint, const Quat& rotation);

// The rotation moved into the joint's range: unchanged while it uses at most kFreeShare of it, then
// compressed with continuous slope, so that it never exceeds the limit.
Quat within_range(int joint, const Quat& rotation);
inline constexpr float kFreeShare = 0.92f;

struct JointLimitShares {
  std::array<double, kJoints> joint{};  // of frames in which the joint is outside its range, 0 to 1
  double any = 0;                       // of frames in which any joint is
};

// More than `tolerance` radians outside counts. All 0 for an empty clip.
JointLimitShares outside_shares(const Clip& clip, float tolerance = 0.02f);

// within_range() for the joints of trunk, head and arms. Legs follow their feet: see foot_lock.h.
void limit_upper_body(Clip& clip);

}  // namespace terpsi::motion
