#include "native/cluster/render_record.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"

namespace terpsi::native {
std::string record_to_json(const RenderRecord& record) {
  const RenderStatus& status = record.status;
  const Json json = {{"id", status.id},
                     {"state", std::string(name_of(status.state))},
                     {"progress", status.progress},
                     {"model", status.model},
                     {"device", status.device},
                     {"attempts", status.attempts},
                     {"created", status.created},
                     {"started", status.started},
                     {"finished", status.finished},
                     {"error_code", status.error_code},
                     {"error", status.error},
                     {"owner", record.owner},
                     {"result", record.result},
                     {"message", record.message}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<RenderRecord> record_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  RenderRecord record;
  RenderStatus& status = record.status;
  status.id = text_of(json, "id");
  const auto state = render_state(text_of(json, "state"));
  if (status.id.empty() || !state) return std::nullopt;
  status.state = *state;
  const auto progress = json.find("progress");
  if (progress != json.end() && progress->is_number()) {
    const double value = progress->get<double>();
    status.progress = std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0;
  }
  status.model = text_of(json, "model");
  status.device = text_of(json, "device");
  status.attempts = static_cast<int>(std::clamp<std::int64_t>(whole_of(json, "attempts"), 0, 1000000));
  status.created = whole_of(json, "created");
  status.started = whole_of(json, "started");
  status.finished = whole_of(json, "finished");
  status.error_code = text_of(json, "error_code");
  status.error = text_of(json, "error");
  record.owner = text_of(json, "owner");
  record.result = text_of(json, "result");
  record.message = static_cast<std::uint64_t>(std::max<std::int64_t>(0, whole_of(json, "message")));
  return record;
}

}  // namespace terpsi::native
