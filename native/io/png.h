#pragma once
// Pictures as PNG files in memory.

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "picture/picture.h"

namespace terpsi::native {

// 8-bit RGB, marked as sRGB, no other metadata. Errors: invalid_argument (no pixels, sides over
// limits::kMaxPictureSide, or rgb of another size), internal.
Result<std::vector<std::uint8_t>> encode_png(const picture::Picture& picture);

}  // namespace terpsi::native
