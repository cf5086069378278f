#include "native/server/endpoints.h"

namespace terpsi::native {
namespace {

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, std::string& name) {
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = take_segment(pattern), given = take_segment(path);
    if (wanted == "*")
      name = given;
    else if (wanted != given)
      return false;
  }
  return pattern.empty() && path.empty();
}

}  // namespace

const Endpoint* find_endpoint(std::string_view method, std::string_view path, std::string& name) {
  if (!path.starts_with('/')) return nullptr;
  for (const auto rows : {dance_endpoints(), render_endpoints(), operation_endpoints()}) {
    for (const Endpoint& row : rows) {
      if (row.method == method && matches(row.path, path, name)) return &row;
    }
  }
  return nullptr;
}

}  // namespace terpsi::native
