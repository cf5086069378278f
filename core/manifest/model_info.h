#pragma once
// What the program knows about a generator: one entry of models/manifest.json.

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/model_file.h"
#include "motion/motion_vector.h"

namespace terpsi::manifest {

// A style the model was trained on.
struct Style {
  std::string name;  // e.g. "hiphop"
  float bpm;         // tempo of the training clips; the dance beat is chosen near it (see condition.h)
  float magnitude;   // mean joint speed of that style's real clips, m/s
  // Styles of one family dance each other's phrases where their own would repeat; empty: a family of its own.
  std::string family = {};
};

// One 4-beat phrase of the choreographic memory. Code 0 is "no phrase"; phrase i of the table has code i + 1.
struct Phrase {
  int style;     // index into ModelInfo::styles
  float energy;  // 0..1, rank of its mean joint speed within the family
  int mirror;    // code of its mirror image, or 0
  struct Next {
    int code;
    float cost;  // 0 = recorded continuation; larger: poses and velocities at the join differ more (about cm)
  };
  std::vector<Next> next = {};  // possible successors, cheapest first
  float bpm = 0;                // tempo it was recorded at; 0: unknown
  int alike = 0;  // code of the first phrase that looks the same (within 5 cm), or 0: none known
};

// Network contract (version 1). B windows of W frames, float32 unless said:
//   in  x       [B, W, 151]  x_t = (1 - t) * noise + t * data, normalised: (value - mean) / std
//   in  t       [B]          0 = noise, 1 = data
//   in  cond    [B, W, C]    see condition.h
//   in  phrase  [B, W] int32 phrase code of each frame, 0 = none
//   in  mask    [B, W, 151]  only of models with `masked`: 1 where x holds known clean motion, else 0
//   out x1      [B, W, 151]  the clean motion that the network predicts, normalised
struct ModelInfo : ModelFile {
  std::string role, data;     // data: what it was trained on
  bool page = false;          // small enough for the page, which fetches it
  bool single_step = false;   // one evaluation makes the dance
  int window = 0;             // W, frames
  int overlap = 0;            // frames shared by neighbouring windows
  int condition_columns = 0;  // C
  std::vector<float> times;   // sampler time grid: ascending from 0, below 1; one network evaluation each
  bool masked = false;        // the network takes `mask` (inpainting)
  // Default scale of classifier-free guidance [Ho 2022]: x1 = x1_without + guidance (x1_with - x1_without),
  // where "without" has phrase 0, style weights 0, accent 0 and energy 0.5; 1: one evaluation per time, with
  // condition.
  float guidance = 1.f;
  std::array<float, motion::kMotionDims> mean{}, std{};
  std::vector<Style> styles;
  std::vector<Phrase> phrases;
};

struct Manifest {
  std::vector<ModelInfo> models;  // the default generator first
  const ModelInfo* find(std::string_view name) const;
};

// The entries of "models". `guidance` may be missing (1); `inputs` names `mask` for masked models; other keys are
// ignored. Errors: bad_format naming the field; unsupported when a version differs from ours (feature, skeleton,
// manifest) or C does not match the condition layout.
Result<Manifest> read_generators(const nlohmann::json& manifest);

// The same from the text of models/manifest.json. Errors: too_large and bad_format, too.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace terpsi::manifest
