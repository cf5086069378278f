#pragma once
// A stored dance as a file for download.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace terpsi::native {

struct Exported {
  std::string bytes;
  std::string mime;         // Content-Type
  std::string file_name;    // ASCII, safe as a name on every system, e.g. "My_song.bvh"
  std::string disposition;  // Content-Disposition: "attachment; ..." with both names; empty: a picture, shown
};

// `file`: a .dance file. `format`: an extension of format/export_table.h, or "png" (the poster, 1200 x 630).
// Errors: those of read_dance (the stored bytes are damaged), not_found (no such format), and those of the writers.
// Takes up to 0.2 s for a picture and seconds for 15 minutes of JSON: callers limit how many run at once.
Result<Exported> export_dance(std::span<const std::uint8_t> file, std::string_view format);

// "attachment; filename=...; filename*=UTF-8''..." (RFC 6266, RFC 8187) for an untrusted title; `extension`
// without the dot.
std::string attachment_of(std::string_view title, std::string_view extension);

// `title` as an ASCII file name of letters, digits, '-' and '_' with `.extension` appended, at most 80 characters;
// never empty, hidden, or a name that a system reserves.
std::string safe_file_name(std::string_view title, std::string_view extension);

}  // namespace terpsi::native
