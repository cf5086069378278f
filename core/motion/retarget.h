#pragma once
// Retargets motion capture onto our skeleton: from world joint positions (and local rotations, where the
// source has them) at any frame rate to a Clip at limits::kFps that stands on the floor.
//
// Size: everything is scaled by our leg length / the source's. The middle of the hips follows the scaled
// source, the ankles follow it by two-bone IK (so that a foot that stands still there stands still here),
// arms follow by the directions of their bones, trunk and head by rotations. The result's horizontal place is
// the scaled source's.
//
// Where the source has no rotations:
//   pelvis, chest   from hips and lower spine, shoulders and upper spine; their pitch is corrected by a
//                   constant per clip so that the median angle to the trunk line is that of our T-pose
//                   (sources put spine joints in different places)
//   limb twist      from the plane of the knee or elbow; where the limb is straight, from the foot's heading
//                   and from the neighbouring frames, drawn gently towards the T-pose's
//   foot            from ankle to ball, with the sole flat where the source's is at its flattest
//   neck, collars   swing relative to their mean direction in the clip
//   wrists, hands   along the hand's direction, if there is one

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "motion/clip.h"

namespace terpsi::motion {

struct SourceMotion {
  double fps = 0;                      // 5 to 1000
  std::vector<JointPositions> joints;  // world, metres, Y up, right-handed, SMPL order; at least 2 frames
  // Relative to the parent, identity = T-pose facing +Z. Empty, or one entry per frame.
  std::vector<std::array<Quat, kJoints>> rotations;
  std::array<bool, kJoints> rotation_known{};  // false: this joint's rotations are ignored
  std::vector<std::uint8_t> bad;               // empty, or one entry per frame: not 0 = unreliable
};

struct Retargeted {
  Clip clip;                      // limits::kFps, contacts labelled
  std::vector<std::uint8_t> bad;  // one per frame of clip: 1 where a source frame it was made of was bad
  float scale = 1;                // our size / the source's
};

// Errors: empty (fewer than 2 frames), too_large (longer than limits::kMaxAudioSeconds), invalid_argument
// (fps, sizes that differ, values that are not finite, a body without legs).
Result<Retargeted> retarget(const SourceMotion& source);

}  // namespace terpsi::motion
