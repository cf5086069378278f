#pragma once
// A picture in memory.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace terpsi::picture {

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // rows from the top, 3 bytes a pixel, sRGB
};

}  // namespace terpsi::picture
