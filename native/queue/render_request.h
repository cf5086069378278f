#pragma once
// The request for a render, as JSON. "music" is required, all else has defaults:
//
//   "music"                    as in format/music_json.h
//   "model"                    name; the server's default model
//   "title", "style"           text; "Untitled", "auto"
//   "seed"                     text or number, 0 to 2^64 - 1
//   "energy", "variation"      0 to 1
//   "section_styles"           as in generate/plan/section_styles.h
//   "steps", "guidance"        of the sampler
//   "candidates"               1 to kMaxServedCandidates
//   "opening", "ending"        true or false
//   "constraints"              as in docs/constraints.md
//   "dances"                   {"name": base64 of a .dance file}, those that the constraints name
//   "listener"                 of a song that is uploaded; has no effect otherwise
//
// Unknown keys are refused, so that a misspelt one does not silently become a default.

#include <string>
#include <string_view>

#include "audio/music.h"
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

// Checks what depends on the model: style, section styles, constraints, steps. Errors: not_found (style; the
// message lists those there are), invalid_argument, unsupported.
Status check_render_request(const RenderRequest& request, const manifest::ModelInfo& model);

// The .dance file of a finished render: its motion and provenance. Errors: those of write_dance.
Result<std::vector<std::uint8_t>> dance_file_of(const RenderRequest& request,
                                                const manifest::ModelInfo& model, Render render);

}  // namespace terpsi::native
