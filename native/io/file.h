#pragma once
// Whole files in and out of memory, with bounds, and without leaving half-written ones behind.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

// Errors: not_found, io (not a regular file, cannot be read), too_large (over `max_bytes`).
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t max_bytes);

// Writes a neighbour of `path` and renames it, so that `path` is either the old file or the whole new one.
// Errors: io.
Status write_file(const std::string& path, std::span<const std::uint8_t> bytes);
Status write_file(const std::string& path, std::string_view text);

// Writes all bytes to a descriptor. False: errno says why not.
bool write_all(int file, std::span<const std::uint8_t> bytes);

// True when both names lead to the same existing file.
bool same_file(const std::string& a, const std::string& b);

// Extension in lower case with its dot, "" without one.
std::string extension_of(const std::string& path);

}  // namespace terpsi::native
