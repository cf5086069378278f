#include "base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace terpsi;

TEST_CASE("text: what is not plain UTF-8") {
  for (std::string bad : {"\x80", "\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "a\xc3", "\xe2\x82", "tab\t", "line\n", "\x7f", "\xc2\x85",
                          "\xe2\x80\xae"
                          "x",
                          "\xe2\x81\xa6"}) {
    CHECK_FALSE(is_plain_utf8(bad));
  }
  CHECK_FALSE(is_plain_utf8(std::string("a\0b", 3)));
}

TEST_CASE("text: what is") {
  for (const char* good : {"", "Tanz", "caf\xc3\xa9", "\xe8\x88\x9e\xe8\xb9\x88", "\xf0\x9f\x92\x83",
                           "<script>", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_plain_utf8(good));
  }
}

TEST_CASE("text: digests") {
  CHECK(is_sha256_hex(std::string(64, '0')));
  CHECK_FALSE(is_sha256_hex(""));
  CHECK_FALSE(is_sha256_hex(std::string(63, 'a')));
  CHECK_FALSE(is_sha256_hex(std::string(64, 'A')));
}
