#pragma once
// terpsi retarget IN.npz -o OUT.npz [--lock-feet]: other people's motion capture onto our skeleton (see
// core/motion/retarget.h).

#include <string>

#include "base/result.h"

namespace terpsi::native {

// Reads `joints` (T,24,3), `fps`, and where present `local_quat` (T,24,4) w x y z with `rot_mask` (24,), and
// `bad` (T,). Writes, at 30 fps: `motion` (T',151), `joints` (T',24,3), `bad` (T',) uint8, `fps`, `scale`
// (our size / the source's). With lock_feet, planted feet are made to stand still and contacts are labelled
// again.
Status retarget_command(const std::string& in_npz, const std::string& out_npz, bool lock_feet);

}  // namespace terpsi::native
