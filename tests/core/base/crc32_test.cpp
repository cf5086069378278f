#include "base/crc32.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace {

std::uint32_t crc_of(std::string_view s, std::uint32_t crc = 0) {
  return terpsi::crc32({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}, crc);
}

}  // namespace

TEST_CASE("crc32: nothing, the published check value, and pieces") {
  CHECK(crc_of("") == 0u);
  CHECK(crc_of("123456789") == 0xCBF43926u);
  CHECK(crc_of("6789", crc_of("12345")) == 0xCBF43926u);
}

TEST_CASE("crc32: every flipped bit is noticed") {
  std::vector<std::uint8_t> bytes(64);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  const std::uint32_t good = terpsi::crc32(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(terpsi::crc32(bytes) != good);
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  }
}
