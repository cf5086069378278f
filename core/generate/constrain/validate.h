#pragma once
// Whether a dance can be made to meet constraints.

#include "base/result.h"
#include "generate/constrain/constraints.h"

namespace terpsi::generate {

// Of a clip of `frames` frames at limits::kFps. Errors (the message names the constraint, such as
// "keyframes[2]"): too_large (limits.h), empty (no frames), invalid_argument (times outside the song or out
// of order, numbers that are not finite or out of range, quaternions that are not unit, nothing demanded, and
// those of check_demands).
Status validate(const Constraints& constraints, std::size_t frames);

}  // namespace terpsi::generate
