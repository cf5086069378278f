#pragma once
// A dance as JSON, for programs in any language.
//
//   {"format":"terpsi-dance","version":1,"title":"","style":"","seed":"1","energy":0.5,
//    "model":{"name":"","sha256":""},"fps":30,"frames":T,"tempo_bpm":120,"beats":[s,...],"beat_in_bar":[1,...],
//    "up":"+Y","facing":"+Z","unit":"m",
//    "joints":[{"name":"pelvis","parent":-1,"offset":[x,y,z]},...24],
//    "root":[[x,y,z],...T],"rotations":[[[w,x,y,z],...24],...T],"contacts":[[l_ankle,l_foot,r_ankle,r_foot],...T]}
//
// The seed is a string because numbers in JSON lose bits beyond 2^53. Root in metres (world), rotations local
// to the parent.

#include <string>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::format {

// Errors: empty (no frames), invalid_argument (a value is not finite). Text that is not UTF-8 is replaced by
// U+FFFD.
Result<std::string> write_dance_json(const Dance& dance);

}  // namespace terpsi::format
