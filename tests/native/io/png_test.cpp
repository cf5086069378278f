#include "native/io/png.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "native/io/decode_png.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {
picture::Picture stripes(int width, int height) {
  picture::Picture p{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) p.rgb.push_back(static_cast<std::uint8_t>(i * 7 + i / 50));
  return p;
}
}  // namespace

TEST_CASE("pictures without pixels, or of a wrong size, are not written") {
  CHECK(encode_png({}).error().code == ErrorCode::invalid_argument);
  CHECK(encode_png({-3, 5, {}}).error().code == ErrorCode::invalid_argument);
  CHECK(encode_png({2, 2, std::vector<std::uint8_t>(11)}).error().code == ErrorCode::invalid_argument);
  CHECK(encode_png({limits::kMaxPictureSide + 1, 1,
                    std::vector<std::uint8_t>(3 * (static_cast<std::size_t>(limits::kMaxPictureSide) + 1))})
            .error()
            .code == ErrorCode::invalid_argument);
}

TEST_CASE("every pixel comes back") {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{3, 200}, std::pair{321, 7}}) {
    const picture::Picture before = stripes(width, height);
    const auto bytes = encode_png(before);
    REQUIRE(bytes);
    const auto after = test::decode_png(*bytes);
    REQUIRE(after);
    CHECK(after->width == width);
    CHECK(after->height == height);
    CHECK(after->rgb == before.rgb);
  }
}
