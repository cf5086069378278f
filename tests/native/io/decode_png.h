#pragma once
// Reads PNG pictures that the program wrote; nothing where libpng cannot.

#include <png.h>

#include <cstring>
#include <optional>
#include <span>

#include "picture/picture.h"

namespace terpsi::test {

inline std::optional<picture::Picture> decode_png(std::span<const std::uint8_t> bytes) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (bytes.empty() || !png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) return {};
  image.format = PNG_FORMAT_RGB;
  picture::Picture out{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  out.rgb.resize(PNG_IMAGE_SIZE(image));
  const bool read = png_image_finish_read(&image, nullptr, out.rgb.data(), 0, nullptr) != 0;
  png_image_free(&image);
  return read ? std::optional(out) : std::nullopt;
}

}  // namespace terpsi::test
