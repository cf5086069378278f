#include "native/queue/render_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_fields.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/dance_file.h"
#include "format/music_json.h"
#include "generate/plan/section_styles.h"
#include "native/io/base64.h"
#include "native/pipeline/constraints_json.h"

namespace terpsi::native {
namespace {

constexpr std::array<std::string_view, 16> kKeys = {
    "music", "model",    "title",      "style",   "seed",   "energy",      "variation", "section_styles",
    "steps", "guidance", "candidates", "opening", "ending", "constraints", "dances",    "listener"};

Error wrong(std::string message) {
  return {ErrorCode::bad_format, std::move(message)};
}

std::string text_or(const Fields& f, const char* key, std::size_t most, std::string otherwise) {
  return f.find(key) == nullptr ? std::move(otherwise) : f.text(key, 0, most);
}

// Text too, as most programs represent JSON numbers exactly only up to 2^53.
std::uint64_t read_seed(const Fields& f) {
  const Json* value = f.find("seed");
  if (value == nullptr) return 1;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  std::uint64_t seed = 0;
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (problem == std::errc() && end == text.data() + text.size() && !text.empty()) return seed;
  }
  f.fail("seed", "must be a whole number from 0 to 2^64 - 1");
  return 1;
}

Result<generate::Constraints> read_constraints(const Json& json) {
  const auto given = json.find("constraints");
  if (given == json.end()) return generate::Constraints{};
  const auto dances = json.find("dances");
  const DanceLoader load = [&](const std::string& name) -> Result<format::Dance> {
    const auto file = dances == json.end() || !dances->is_object() ? json.end() : dances->find(name);
    if (dances == json.end() || !dances->is_object() || file == dances->end() || !file->is_string()) {
      return Error{ErrorCode::not_found,
                   "the constraints name a dance that is not in \"dances\"; add it there as base64"};
    }
    const auto bytes = from_base64(file->get_ref<const std::string&>());
    if (!bytes) return wrong("a dance in \"dances\" is not base64");
    return format::read_dance(*bytes);
  };
  return constraints_from_json(given->dump(-1, ' ', false, Json::error_handler_t::replace), load);
}

}  // namespace

Result<RenderRequest> render_request_from_json(std::string_view text) {
  if (text.size() > limits::kMaxRenderRequestBytes) {
    return Error{ErrorCode::too_large, "the request is larger than " +
                                           std::to_string(limits::kMaxRenderRequestBytes >> 10) +
                                           " KB; send fewer constraints or a shorter song"};
  }
  const auto json = parse_json(text, limits::kMaxJsonDepth);
  if (!json || !json->is_object()) {
    return wrong("the request is not a JSON object (or nested deeper than " +
                 std::to_string(limits::kMaxJsonDepth) + ")");
  }
  for (const auto& [key, value] : json->items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      return wrong(
          "the request has a key that means nothing here; see /api/v1/openapi.yaml for those that do");
    }
  }
  if (!json->contains("music")) {
    return wrong("\"music\" is missing; send what terpsi analyze --json writes, or the song as form data");
  }
  auto music = format::music_from_json((*json)["music"]);
  if (!music) return music.error();

  Problem problem{"", ""};
  const Fields f(*json, "request", problem);
  RenderRequest request;
  request.music = std::move(*music);
  request.model = text_or(f, "model", 64, {});
  request.title = text_or(f, "title", limits::kMaxTitleBytes, request.title);
  if (!is_plain_utf8(request.title)) f.fail("title", "has characters that cannot be shown");
  generate::DanceOptions& dance = request.options.dance;
  dance.style = text_or(f, "style", 64, dance.style);
  dance.seed = read_seed(f);
  dance.energy = static_cast<float>(f.number_or("energy", 0, 1, static_cast<double>(dance.energy)));
  dance.variation = static_cast<float>(f.number_or("variation", 0, 1, static_cast<double>(dance.variation)));
  dance.opening = f.flag_or("opening", dance.opening);
  dance.ending = f.flag_or("ending", dance.ending);
  if (f.find("steps") != nullptr)
    request.options.steps = static_cast<int>(f.integer("steps", 0, limits::kMaxSamplerSteps));
  if (f.find("candidates") != nullptr)
    request.options.candidates = static_cast<int>(f.integer("candidates", 1, kMaxServedCandidates));
  if (const Json* guidance = f.find("guidance"); guidance != nullptr && !guidance->is_null())
    request.options.guidance = static_cast<float>(f.number("guidance", 0, limits::kMaxGuidance));
  const std::string section_styles = text_or(f, "section_styles", 4096, {});
  if (problem.found) return problem.error;
  if (!section_styles.empty()) {
    auto styles = generate::parse_section_styles(section_styles);
    if (!styles) return styles.error();
    dance.section_styles = std::move(*styles);
  }
  auto constraints = read_constraints(*json);
  if (!constraints) return constraints.error();
  request.options.constraints = std::move(*constraints);
  return request;
}

Status check_render_request(const RenderRequest& request, const manifest::ModelInfo& model) {
  return check_render(request.music, model, request.options);
}

Result<std::vector<std::uint8_t>> dance_file_of(const RenderRequest& request,
                                                const manifest::ModelInfo& model, Render render) {
  format::Dance dance = provenance(request.music, model, request.options.dance, render.condition);
  dance.title = request.title;
  dance.clip = std::move(render.clip);
  return format::write_dance(dance);
}

}  // namespace terpsi::native
