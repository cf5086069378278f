#pragma once
// What the program knows about the beat networks: the entries of "listeners" in models/manifest.json.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

// Network contract (version 1): one song, T rows at 90 per second, T even.
//   in  input       [1, T, 52]  audio/listener_input.h
//   out activation  [1, T, 2]   probability of a beat, and of a downbeat, at each row
struct ListenerInfo : ModelFile {
  std::string role;  // "listener" (meant for use) or "zoo" (for comparison)
};

// Parses all entries; none when the manifest has no "listeners". The first is the one to use. Errors:
// bad_format naming the field, unsupported (another input version or an unknown role).
Result<std::vector<ListenerInfo>> parse_listeners(std::string_view manifest);

}  // namespace terpsi::manifest
