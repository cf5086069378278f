#pragma once
// DEFLATE decompression (RFC 1951), for archives that people bring.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace terpsi::format {

// Unpacks a raw DEFLATE stream. `most` bounds the output. Errors: bad_format (damaged or cut off), too_large.
Result<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> packed, std::size_t most);

}  // namespace terpsi::format
