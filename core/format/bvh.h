#pragma once
// Biovision hierarchy files. We write our skeleton in CENTIMETRES (in Blender: import with scale 0.01), Y up,
// facing +Z, T-pose as the rest pose, root offset 0, position channels on the root only. Euler orders differ
// by joint so that none comes near its pole in dancing: Y X Z for the pelvis, Z X Y for spine, head and arms,
// Z Y X for the legs.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "motion/clip.h"

namespace terpsi::format {

std::string write_bvh(const motion::Clip& clip);

// Any BVH file, as it is written.
struct BvhJoint {
  std::string name;
  int parent = -1;                 // index into Bvh::joints, -1 for the root
  std::array<double, 3> offset{};  // file units
  std::vector<int> channels;       // 0..2 = X/Y/Zposition, 3..5 = X/Y/Zrotation, in the order of the file
  std::size_t first_value = 0;     // index of the first channel in a frame
};

struct Bvh {
  std::vector<BvhJoint> joints;  // parents before children; end sites are omitted
  double frame_time = 0;         // seconds
  std::size_t frames = 0, values_per_frame = 0;
  std::vector<double> values;  // frames x values_per_frame; degrees and file units
};

// Errors: bad_format naming the line, too_large (limits::kMaxMotionFileBytes, kMaxBvhJoints, kMaxFrames at
// 1/frame_time), empty (no frames).
Result<Bvh> parse_bvh(std::string_view text);

// A BVH file with our joint names and a T-pose as its rest pose, at limits::kFps, contacts labelled. Its size
// is taken from its legs, whatever the unit. Joints that are ours but missing stay in the rest pose, except
// the pelvis, hips, knees and ankles, which are needed. Errors: as parse_bvh, and unsupported when the joints
// are not ours.
Result<motion::Clip> read_bvh(std::string_view text);

}  // namespace terpsi::format
