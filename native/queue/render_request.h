#pragma once
// What a client may ask of a render, as JSON:
//
//   "music" {see format/music_json.h}, and, all with defaults: "model" (the server's), "title", "style"
//   ("auto"), "seed" (text or number, 0 to 2^64 - 1), "energy" and "variation" (0 to 1), "section_styles" (as
//   generate/section_styles.h), "steps", "guidance", "candidates" (1 to kMaxServedCandidates), "opening" and
//   "ending" (true or false), "constraints" {see docs/constraints.md, whose dances are named in} "dances"
//   {"name": base64 of a .dance file}
//
// Unknown keys are refused, so that a misspelt one is not silently a default.

#include <string>
#include <string_view>

#include "audio/music.h"
#include "base/json_fields.h"
#include "base/result.h"
#include "format/dance.h"
#include "manifest/model_info.h"
#include "native/pipeline/render.h"

namespace terpsi::native {

inline constexpr int kMaxServedCandidates = 8;

struct RenderRequest {
  audio::MusicAnalysis music;
  std::string model;  // empty: the server's default
  std::string title = "Untitled";
  RenderOptions options;
};

// Errors (the message names the key): too_large (limits::kMaxRenderRequestBytes), bad_format, and those of
// music_from_json, parse_section_styles, constraints_from_json, read_dance.
Result<RenderRequest> render_request_from_json(std::string_view text);

// Finds out what only the model can say: style, section styles, constraints, steps. Errors: not_found (style;
// lists those there are), invalid_argument, unsupported.
Status check_render_request(const RenderRequest& request, const manifest::ModelInfo& model);

// The dance file of a finished render: its motion and where it came from.
Result<std::vector<std::uint8_t>> dance_file_of(const RenderRequest& request,
                                                const manifest::ModelInfo& model, Render render);

}  // namespace terpsi::native
