#pragma once
// Dances as glTF 2.0 binary files (.glb), which Blender, game engines and browsers open: metres, Y up, facing
// +Z.
//
//   nodes      the 24 joints with their names (motion/skeleton.h), T-pose as the rest pose; the mesh "dancer"
//   skin       the mesh bound to the joints, one joint per vertex
//   animation  "dance": translation of the pelvis, rotations of the joints, LINEAR, at the clip's frame
//              rate; a joint that keeps one rotation has one key, or none if that is the T-pose's
//   asset      extras: title, style, tempo_bpm, seconds, model
//
// A minute takes about 0.8 MB.

#include <cstdint>
#include <vector>

#include "format/dance.h"

namespace terpsi::format {

// Every dance gives a valid file: an empty clip gives one frame of the T-pose; a value that is not finite or
// not a rotation becomes that of the frame before; bytes of text that are not UTF-8 become U+FFFD.
std::vector<std::uint8_t> write_glb(const Dance& dance);

}  // namespace terpsi::format
