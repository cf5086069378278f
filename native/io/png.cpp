#include "native/io/png.h"

#include <png.h>

#include <csetjmp>

#include "base/limits.h"

namespace terpsi::native {
namespace {

using picture::Picture;

constexpr int kCompression = 6;

bool fits(const Picture& picture) {
  const auto side = [](int n) { return n > 0 && n <= limits::kMaxPictureSide; };
  return side(picture.width) && side(picture.height) &&
         picture.rgb.size() ==
             static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 3;
}

void append(png_structp png, png_bytep bytes, png_size_t size) {
  auto& out = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  out.insert(out.end(), bytes, bytes + size);
}

[[noreturn]] void give_up(png_structp png, png_const_charp) {
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

// libpng leaves by longjmp, so everything with a destructor lives in the caller.
bool write(png_structp png, png_infop info, const Picture& picture, std::vector<std::uint8_t>& out) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, &out, append, nullptr);
  png_set_compression_level(png, kCompression);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);  // as small as trying all, in half the time
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height),
               8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  const std::size_t row = static_cast<std::size_t>(picture.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
    png_write_row(png, picture.rgb.data() + y * row);
  png_write_end(png, nullptr);
  return true;
}

}  // namespace

Result<std::vector<std::uint8_t>> encode_png(const Picture& picture) {
  if (!fits(picture))
    return Error{ErrorCode::invalid_argument,
                 "The picture is empty or too large to be written; draw it smaller."};
  std::vector<std::uint8_t> out;
  out.reserve(picture.rgb.size() / 4);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, give_up, ignore);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool written = info && write(png, info, picture, out);
  png_destroy_write_struct(&png, &info);
  if (!written) return Error{ErrorCode::internal, "The picture could not be written as PNG; report this."};
  return out;
}

}  // namespace terpsi::native
