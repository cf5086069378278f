#pragma once
// Real motion that sets of dances are compared with.

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/evaluate/recording_figures.h"
#include "native/evaluate/set_features.h"

namespace terpsi::native {

using Styles = std::map<std::string, std::string>;  // of recordings, by their names

// A JSON object of names and styles. Errors: those of read_file, bad_format.
Result<Styles> read_styles(const std::string& path);

// What `styles` says, else the recording itself.
std::string style_of(const Recording& recording, const Styles& styles);

struct Reference {
  std::size_t clips = 0, frames = 0;
  std::vector<FeatureRow> rows;
  std::vector<std::size_t> row_clips;             // which clip each row is of
  std::vector<PoseStretches> poses;               // by clip
  PoseStretches all_poses;                        // of all clips
  double jerk = 0, magnitude = 0;                 // means over the frames, m/s^3 and m/s
  std::map<std::string, double> style_magnitude;  // by style, m/s
  nlohmann::ordered_json json;                    // "reference" of docs/evaluation.md
};

// The clips of a folder, cut into segments of so many frames. Errors: those of recordings_in, load_recording
// and set_metrics; empty (fewer than two segments), invalid_argument (`styles` names none of the clips).
Result<Reference> load_reference(const std::string& folder, std::size_t segment, const Styles& styles);

}  // namespace terpsi::native
