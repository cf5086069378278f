#include "manifest/listener_info.h"

#include <nlohmann/json.hpp>

#include "audio/hear/listener_input.h"
#include "manifest/manifest_fields.h"

namespace terpsi::manifest {
namespace {

void read_listener(const Fields& f, ListenerInfo& info, Problem& problem) {
  f.version("input_version", audio::kListenerInputVersion);
  f.version("columns", audio::kListenerColumns);
  read_file_fields(f, info);
  info.role = f.text("role");
  if (info.role != "listener" && info.role != "zoo")
    problem.set(ErrorCode::unsupported, f.path("role"), "is neither listener nor zoo");
}

}  // namespace

Result<std::vector<ListenerInfo>> read_listeners(const Json& manifest) {
  std::vector<ListenerInfo> listeners;
  if (!manifest.is_object() || !manifest.contains("listeners")) return listeners;
  Problem problem = manifest_problem();
  const Fields top(manifest, "the top level", problem);
  listeners = read_all(top, "listeners", 0, problem, read_listener);
  if (problem.found) return problem.error;
  return listeners;
}

}  // namespace terpsi::manifest
