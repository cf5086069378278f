#pragma once
// What the program knows about the beat networks: the entries of "listeners" in models/manifest.json.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

// Network contract (version 1): one song, T rows at 90 per second, T even.
//   in  input       [1, T, 52]  audio/hear/listener_input.h
//   out activation  [1, T, 2]   probability of a beat, and of a downbeat, at each row
struct ListenerInfo : ModelFile {
  std::string role;  // "listener" (meant for use) or "zoo" (for comparison)
};

// All entries, the default first; none when the manifest has no "listeners". Errors: bad_format naming the
// field, unsupported (another input version or an unknown role).
Result<std::vector<ListenerInfo>> read_listeners(const nlohmann::json& manifest);

}  // namespace terpsi::manifest
