#include "native/queue/render_queue.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_fields.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

constexpr std::array<std::pair<RenderState, std::string_view>, 5> kStates = {
    {{RenderState::queued, "queued"},
     {RenderState::running, "running"},
     {RenderState::done, "done"},
     {RenderState::failed, "failed"},
     {RenderState::cancelled, "cancelled"}}};

constexpr std::int64_t kMost = std::int64_t{1} << 53;

}  // namespace

std::string_view name_of(RenderState state) {
  return kStates[static_cast<std::size_t>(state)].second;
}

std::optional<RenderState> render_state(std::string_view name) {
  for (const auto& [state, text] : kStates) {
    if (text == name) return state;
  }
  return std::nullopt;
}

Error unknown_render() {
  return {ErrorCode::not_found, "there is no such render, or it is no longer kept"};
}

std::string status_to_json(const RenderStatus& status) {
  nlohmann::ordered_json json;
  json["id"] = status.id;
  json["state"] = name_of(status.state);
  json["progress"] = std::round(status.progress * 1e4) / 1e4;
  json["position"] = status.position;
  json["model"] = status.model;
  json["device"] = status.device;
  json["attempts"] = status.attempts;
  json["created"] = status.created;
  json["started"] = status.started;
  json["finished"] = status.finished;
  if (!status.error_code.empty()) json["error"] = {{"code", status.error_code}, {"message", status.error}};
  json["version"] = status.version;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RenderStatus> status_from_json(std::string_view text) {
  Problem problem{"the status of a render: ", ""};
  const auto json = parse_json(text, 4);
  if (!json) return Error{ErrorCode::bad_format, "the status of a render is not JSON"};
  const Fields f(*json, "status", problem);
  RenderStatus status;
  status.id = f.text("id", 1, 64);
  const auto state = render_state(f.text("state", 1, 16));
  if (!state) f.fail("state", "is unknown");
  status.state = state.value_or(RenderState::failed);
  status.progress = f.number("progress", 0, 1);
  status.position = f.integer("position", 0, kMost);
  status.model = f.text("model", 0, 64);
  status.device = f.text("device", 0);
  status.attempts = static_cast<int>(f.integer("attempts", 0, 1000000));
  status.created = f.integer("created", 0, kMost);
  status.started = f.integer("started", 0, kMost);
  status.finished = f.integer("finished", 0, kMost);
  status.version = static_cast<std::uint64_t>(f.integer("version", 0, kMost));
  if (const Json* error = f.find("error")) {
    const Fields why(*error, "error", problem);
    status.error_code = why.text("code", 0, 64);
    status.error = why.text("message", 0);
  }
  if (problem.found) return problem.error;
  return status;
}

}  // namespace terpsi::native
