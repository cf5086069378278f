#pragma once
// A dance as JSON, for people's own programs: everything spelled out, nothing packed.
//
//   format "terpsi-dance", version 1, title, style, seed (text: 64 bits), energy, model {name, sha256},
//   tempo_bpm, beats [seconds], beat_in_bar, fps, joints (names), parents,
//   offsets    24 x 3, metres
//   root       T x 3, metres
//   rotations  T x 24 x [w, x, y, z], local
//   contacts   T x 4
//   positions  T x 24 x 3, metres, in the world; for convenience, not read back

#include <string>
#include <string_view>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::format {

std::string dance_to_json(const Dance& dance);

// Errors: bad_format (names what is wrong), too_large (frames), unsupported (version, frame rate), empty.
Result<Dance> dance_from_json(std::string_view text);

}  // namespace terpsi::format
