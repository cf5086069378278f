#pragma once
// The record of a render, as it is stored in the bucket "status".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "native/queue/render_queue.h"

namespace terpsi::native {

struct RenderRecord {
  RenderStatus status;        // without version (the bucket's revision) and position
  std::string owner;          // while it runs: the id of its worker's lease
  std::string result;         // once done: its key in the bucket "results"
  std::uint64_t message = 0;  // sequence of its message in the stream of renders; 0: not known yet
};

std::string record_to_json(const RenderRecord& record);

// Nothing when the text is not a record.
std::optional<RenderRecord> record_from_json(std::string_view text);

}  // namespace terpsi::native
