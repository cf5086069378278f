#include "format/inflate.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace terpsi;
using namespace terpsi::format;

namespace {
using Bytes = std::vector<std::uint8_t>;
std::string text(const Bytes& b) {
  return {b.begin(), b.end()};
}
// Written by zlib (raw deflate, level 9 and 0).
const Bytes kFixed = {0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57,
                      0xc8, 0x40, 0x27, 0xb9, 0x00};  // "hello hello hello hello\n"
const Bytes kStored = {0x01, 0x03, 0x00, 0xfc, 0xff, 'a', 'b', 'c'};
}  // namespace

TEST_CASE("damaged and endless streams are refused") {
  CHECK(inflate({}, 100).error().code == ErrorCode::bad_format);
  CHECK(inflate(Bytes{0x07}, 100).error().code == ErrorCode::bad_format);  // block type 3
  CHECK(inflate(Bytes{0x01, 0x03, 0x00, 0xfc, 0xfe, 'a', 'b', 'c'}, 100).error().code ==
        ErrorCode::bad_format);  // length check
  CHECK(inflate(Bytes{0x01, 0x09, 0x00, 0xf6, 0xff, 'a'}, 100).error().code ==
        ErrorCode::bad_format);                          // cut off
  CHECK(inflate(Bytes{0x03, 0x02}, 100).ok() == false);  // distance before the beginning
  CHECK(inflate(kFixed, 23).error().code == ErrorCode::too_large);
  CHECK(inflate(kStored, 2).error().code == ErrorCode::too_large);
  for (std::size_t n = 0; n < kFixed.size() - 1; ++n)
    CHECK_FALSE(inflate(Bytes(kFixed.begin(), kFixed.begin() + static_cast<std::ptrdiff_t>(n)), 100).ok());
}

TEST_CASE("stored and fixed blocks") {
  const auto fixed = inflate(kFixed, 24);
  REQUIRE(fixed.ok());
  CHECK(text(*fixed) == "hello hello hello hello\n");
  const auto stored = inflate(kStored, 3);
  REQUIRE(stored.ok());
  CHECK(text(*stored) == "abc");
}

TEST_CASE("random bytes end in an error or in bounded output") {
  std::mt19937 random(4);
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes(random() % 300);
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random());
    const auto out = inflate(bytes, 10000);
    if (out) CHECK(out->size() <= 10000);
  }
}
