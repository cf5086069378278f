#include "native/io/base64.h"

#include <doctest/doctest.h>

#include <string>

using namespace terpsi::native;

TEST_CASE("base64: garbage is nothing") {
  for (const char* text : {"A", "AA", "AAA", "A===", "====", "AA=A", "AA\nA", "AAA-", "AA==AA=="}) {
    CAPTURE(text);
    CHECK(!from_base64(text));
  }
}

TEST_CASE("base64: the examples of RFC 4648") {
  const auto text = [](const char* given) {
    const auto bytes = from_base64(given);
    REQUIRE(bytes);
    return std::string(bytes->begin(), bytes->end());
  };
  CHECK(text("") == "");
  CHECK(text("Zg==") == "f");
  CHECK(text("Zm8=") == "fo");
  CHECK(text("Zm9v") == "foo");
  CHECK(text("Zm9vYg==") == "foob");
  CHECK(text("Zm9vYmE=") == "fooba");
  CHECK(text("Zm9vYmFy") == "foobar");
}
