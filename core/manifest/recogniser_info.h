#pragma once
// What the program knows about a style recogniser: one entry of "recognisers" in models/manifest.json.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

// Network contract (version 1):
//   in  motion       [B, W, 144]  windows as measure/recogniser_input.h makes them
//   out probability  [B, S]       of each style
struct RecogniserInfo : ModelFile {
  int window = 0;                   // W, frames
  int hop = 0;                      // frames between the windows of a dance
  std::vector<std::string> styles;  // S names
  // Share of windows of real clips recognised by networks that had not seen their dancer (or clip, see the
  // card), of each style and their mean. Empty and 0 when the manifest does not say.
  std::vector<float> held_out;
  double held_out_mean = 0;

  // Index of the style of that name, or -1.
  int find(std::string_view style) const;
};

// The first entry of "recognisers". Errors: not_found (the manifest lists none), bad_format naming the field,
// unsupported (other skeleton or input version).
Result<RecogniserInfo> read_recogniser(const nlohmann::json& manifest);

}  // namespace terpsi::manifest
