#include "base/hash.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace terpsi;

TEST_CASE("sha256 of nothing") {
  CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("sha256 gives the published example digests") {  // FIPS 180-4 example values
  CHECK(sha256_hex(bytes_of("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(bytes_of(std::string(1000000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256 does not depend on how the bytes are cut") {
  std::vector<std::uint8_t> bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + (i >> 3));
  for (std::size_t size : {0u, 1u, 55u, 56u, 63u, 64u, 65u, 119u, 120u, 128u, 1000u}) {
    const auto whole = std::span<const std::uint8_t>(bytes).first(size);
    for (std::size_t step : {1u, 7u, 64u, 100u}) {
      Sha256 sha;
      for (std::size_t at = 0; at < size; at += step)
        sha.update(whole.subspan(at, std::min(step, size - at)));
      CHECK(sha.finish() == sha256(whole));
    }
  }
}
