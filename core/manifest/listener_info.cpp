#include "manifest/listener_info.h"

#include "audio/hear/listener_input.h"
#include "base/limits.h"
#include "manifest/manifest_fields.h"

namespace terpsi::manifest {

Result<std::vector<ListenerInfo>> read_listeners(const Json& manifest) {
  std::vector<ListenerInfo> listeners;
  if (!manifest.is_object() || !manifest.contains("listeners")) return listeners;
  Problem problem = manifest_problem();
  const Json& list = Fields(manifest, "the top level", problem).array("listeners", 0, limits::kMaxModels);
  for (std::size_t i = 0; i < list.size() && !problem.found; ++i) {
    const Fields f(list[i], "listeners[" + std::to_string(i) + "]", problem);
    ListenerInfo info;
    f.version("input_version", audio::kListenerInputVersion);
    f.version("columns", audio::kListenerColumns);
    read_file_fields(f, info);
    info.role = f.text("role");
    if (info.role != "listener" && info.role != "zoo")
      problem.set(ErrorCode::unsupported, f.path("role"), "is neither listener nor zoo");
    listeners.push_back(std::move(info));
  }
  if (problem.found) return problem.error;
  return listeners;
}

}  // namespace terpsi::manifest
