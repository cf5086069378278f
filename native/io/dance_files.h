#pragma once
// Dances to and from files; the extension says how: .dance (small, everything kept), .bvh (motion only),
// .json, and .glb (only written).

#include <string>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::native {

// Ok when `path` has an extension that save_dance knows. Errors: invalid_argument.
Status check_dance_path(const std::string& path);

// Errors: not_found, io, unsupported (.glb), and those of the format.
Result<format::Dance> load_dance(const std::string& path);

// Written whole or not at all. Errors: io, invalid_argument (extension), and those of write_dance.
Status save_dance(const std::string& path, const format::Dance& dance);

// A title for a dance to the song of this file name: without folder and extension, only what dance.h allows.
std::string title_of(const std::string& song);

}  // namespace terpsi::native
