#pragma once
// What the cluster knows of a render, as it lies in the bucket "status".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "native/queue/render_queue.h"

namespace terpsi::native {

struct RenderRecord {
  RenderStatus status;        // without version (the bucket's revision) and position
  std::string owner;          // of a running one: what its worker made up when it took it
  std::string result;         // of a done one: its key in the bucket "results"
  std::uint64_t message = 0;  // sequence of its message in the stream of renders; 0: not known yet
};

std::string record_to_json(const RenderRecord& record);

// Nothing when the text is no record.
std::optional<RenderRecord> record_from_json(std::string_view text);

}  // namespace terpsi::native
