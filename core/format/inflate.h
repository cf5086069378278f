#pragma once
// DEFLATE decompression (RFC 1951) by zlib, for archives that people bring. Not part of the WebAssembly core.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace terpsi::format {

// Unpacks a raw DEFLATE stream; bytes after its end are ignored. `most` bounds the output, < 4 GiB. Errors:
// bad_format (damaged or cut off), too_large.
Result<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> packed, std::size_t most);

}  // namespace terpsi::format
