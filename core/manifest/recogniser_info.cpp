#include "manifest/recogniser_info.h"

#include "base/limits.h"
#include "manifest/manifest_fields.h"
#include "measure/recogniser_input.h"
#include "motion/skeleton.h"

namespace terpsi::manifest {
namespace {

void read_styles(const Fields& f, RecogniserInfo& info) {
  for (const Json& style : f.array("styles", 2, limits::kMaxStyles)) {
    if (!style.is_string() || style.get_ref<const std::string&>().empty())
      return f.fail("styles", "must be an array of names");
    if (info.find(style.get<std::string>()) >= 0) return f.fail("styles", "names a style twice");
    info.styles.push_back(style.get<std::string>());
  }
}

}  // namespace

int RecogniserInfo::find(std::string_view style) const {
  for (std::size_t i = 0; i < styles.size(); ++i) {
    if (styles[i] == style) return static_cast<int>(i);
  }
  return -1;
}

Result<RecogniserInfo> read_recogniser(const Json& manifest) {
  const auto list = manifest.find("recognisers");
  if (list == manifest.end() || !list->is_array() || list->empty()) {
    return Error{ErrorCode::not_found, "models/manifest.json lists no style recogniser"};
  }
  Problem problem = manifest_problem();
  const Fields f((*list)[0], "recognisers[0]", problem);
  RecogniserInfo info;
  f.version("skeleton_version", motion::kSkeletonVersion);
  f.version("input_version", measure::kRecogniserInputVersion);
  f.version("channels", measure::kRecogniserChannels);
  read_file_fields(f, info);
  info.window = static_cast<int>(f.integer("window", 2, limits::kMaxWindow));
  info.hop = static_cast<int>(f.integer("hop", 1, info.window));
  read_styles(f, info);
  if (const Json* held_out = f.find("held_out"); held_out != nullptr && !problem.found) {
    const Fields shares(*held_out, f.path("held_out"), problem);
    info.held_out = shares.numbers("styles", info.styles.size(), info.styles.size(), 0, 1);
    for (const float share : info.held_out) {
      info.held_out_mean += static_cast<double>(share) / static_cast<double>(info.styles.size());
    }
  }
  if (problem.found) return problem.error;
  return info;
}

}  // namespace terpsi::manifest
