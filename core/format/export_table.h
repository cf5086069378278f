#pragma once
// Every file format of dances, one row each: what the command line, the server and the page (core_formats
// and core_export of wasm/core_api.h) offer. A new format is a writer in a file of its own, a row in
// export_table.cpp, and a test.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::format {

struct ExportFormat {
  std::string_view extension;  // lower case, without the dot; names the format everywhere
  std::string_view mime;
  std::string_view label;  // for people
  bool motion_only;        // holds the clip but neither title nor provenance
  bool every_dancer;       // people get a file for each dancer of a troupe; otherwise of the lead alone
  std::size_t max_bytes;   // of a file that is read
  // The file's bytes. Errors: those of the format.
  Result<std::string> (*write)(const Dance& dance);
  // Null where the format is only written. Errors: those of the format.
  Result<Dance> (*read)(std::span<const std::uint8_t> file);
};

std::span<const ExportFormat> export_formats();

// Null if there is none. `extension`: lower case, without the dot.
const ExportFormat* find_format(std::string_view extension);

// For sentences: ".dance, .bvh, .glb or .json"; those that are only written are omitted where `readable`.
std::string extension_list(bool readable = false);

// [{"extension", "mime", "label", "every_dancer", "readable"}]
std::string export_formats_json();

}  // namespace terpsi::format
