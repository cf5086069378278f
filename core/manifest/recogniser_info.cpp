#include "manifest/recogniser_info.h"

#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "manifest/manifest_fields.h"
#include "measure/recogniser_input.h"
#include "motion/skeleton.h"

namespace terpsi::manifest {
namespace {

void read_entry(const Fields& f, RecogniserInfo& info, Problem& problem) {
  f.version("skeleton_version", motion::kSkeletonVersion);
  f.version("input_version", measure::kRecogniserInputVersion);
  f.version("channels", measure::kRecogniserChannels);
  read_file_fields(f, info);
  info.window = static_cast<int>(f.integer("window", 2, limits::kMaxWindow));
  info.hop = static_cast<int>(f.integer("hop", 1, info.window));
  info.styles = read_names(f, "styles", "style");
  const Json* held_out = f.find("held_out");
  if (held_out == nullptr || problem.found) return;
  const Fields shares(*held_out, f.path("held_out"), problem);
  info.held_out = shares.numbers("styles", info.styles.size(), info.styles.size(), 0, 1);
  for (const float share : info.held_out) {
    info.held_out_mean += static_cast<double>(share) / static_cast<double>(info.styles.size());
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
  return read_first(manifest, "recognisers", "style recogniser", read_entry);
}

}  // namespace terpsi::manifest
