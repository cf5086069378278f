#pragma once
// A clip in very few bytes.
//
// 75 curves are coded: the root and, for each joint, its rotation vector (axis times angle, continuous in
// time). Time is cut into blocks of 24 frames. The values at block borders ("knots") are coded as
// differences; the residual from the straight line between two knots is coded by its discrete sine transform
// (DST-I), which vanishes at both ends, so that no block border shows. A quantiser step is a fixed length at
// the far end of the limb that the joint carries; every block and part of the body has its own scale, the
// coarsest that keeps each joint within kMaxJointError of the original in every frame. Contacts are coded as
// planted or not. Quantised numbers go through an adaptive range coder (range_coder.h).

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "motion/clip.h"

namespace terpsi::format {

inline constexpr float kMaxJointError = 0.0097f;  // metres

// Errors: empty (no frames), too_large (over limits::kMaxFrames), invalid_argument (a value is not finite, a
// rotation not a unit quaternion, or the root is further than 100 m away).
Result<std::vector<std::uint8_t>> encode_motion(const motion::Clip& clip);

// What a coded motion states of itself.
struct MotionHead {
  std::size_t frames;  // 1 to limits::kMaxFrames
  float fps;           // 1 to 240
};
// Errors: bad_format, too_large.
Result<MotionHead> read_motion_head(std::span<const std::uint8_t> bytes);

// Errors: bad_format, too_large. Whatever the bytes, the result is finite or an error. Contacts come out as 0
// or 1.
Result<motion::Clip> decode_motion(std::span<const std::uint8_t> bytes);

}  // namespace terpsi::format
