#include "base/json_fields.h"

namespace terpsi {

std::optional<Json> parse_json(std::string_view text, int depth) {
  bool deep = false;
  const auto watch = [&](int at, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && at >= depth) deep = true;
    return !deep;
  };
  Json json = Json::parse(text, watch, false);
  if (deep || json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace terpsi
