#pragma once
// Pictures as PNG files in memory.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "picture/picture.h"

namespace terpsi::native {

// 8-bit RGB, marked as sRGB, no other metadata. Errors: invalid_argument (no pixels, sides over
// limits::kMaxPictureSide, or rgb of another size), internal.
Result<std::vector<std::uint8_t>> encode_png(const picture::Picture& picture);

// Any PNG file; transparent pixels are blended onto black. Errors: bad_format, too_large (limits::kMaxPictureSide).
Result<picture::Picture> decode_png(std::span<const std::uint8_t> bytes);

}  // namespace terpsi::native
