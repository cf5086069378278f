#pragma once
// How far human joints turn. A local rotation is swing * twist: the twist turns about the bone, the swing is
// the shortest turn that then points the bone elsewhere. Each joint has a range of twist and, for the swing,
// an ellipse with its own half axis in each direction.
//
// Ranges are those of healthy adults (American Academy of Orthopaedic Surgeons, Joint Motion: Method of
// Measuring and Recording, 1965; ankle under load: Bennell et al. 1998), wider at hips and trunk, where
// dancers reach further, and at shoulders, elbows and knees, where motion capture leaves open how a limb's
// twist is shared between its joints.

#include <array>

#include "motion/clip.h"

namespace terpsi::motion {

// Degrees about x, y and z of the parent's axes, for joints of the midline and the left; the right is its
// mirror image.
struct JointRange {
  int bone;  // 0, 1, 2: the axis (x, y, z) along which the bone lies in the T-pose, about which twist is
             // measured
  std::array<float, 3> low, high;  // low < 0 < high
};

// The range of `joint` or of its mirror image. Precondition: 0 < joint < kJoints; the pelvis turns freely.
const JointRange& joint_range(int joint);

// Radians by which a local rotation lies outside the joint's range (the greater of swing and twist); 0
// inside.
float outside_range(int joint, const Quat& rotation);

// The rotation moved into the joint's range: unchanged while it uses at most kFreeShare of it, then pressed
// together, continuously and with continuous slope, so that it never passes the border.
Quat within_range(int joint, const Quat& rotation);
inline constexpr float kFreeShare = 0.92f;

struct JointLimitShares {
  std::array<double, kJoints> joint{};  // share of frames in which the joint is outside its range
  double any = 0;                       // share of frames in which any joint is
};

// More than `tolerance` radians outside counts. All 0 for an empty clip.
JointLimitShares outside_shares(const Clip& clip, float tolerance = 0.02f);

// within_range() for the joints of trunk, head and arms. Legs follow their feet: see foot_lock.h.
void limit_upper_body(Clip& clip);

}  // namespace terpsi::motion
