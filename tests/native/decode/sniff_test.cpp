#include "native/decode/sniff.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace terpsi;
using namespace std::string_view_literals;

namespace {

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("sniff: a few bytes never look beyond their end") {
  const std::string all("RIFF\0\0\0\0WAVE", 12);
  for (std::size_t size = 0; size < all.size(); ++size) {
    const std::string part = all.substr(0, size);
    CHECK_FALSE(native::check_song_head(bytes(part)));
    CHECK(native::looks_truncated(bytes(part), bytes(part), size));
    CHECK(native::id3_bytes(bytes(part)) == 0);
    CHECK_FALSE(native::mp3_length_is_exact(bytes(part)));
  }
  CHECK(native::check_song_head(bytes(all)));
}

TEST_CASE("sniff: an MPEG frame needs more than a sync word") {
  CHECK(native::check_song_head(bytes("\xff\xfb\x90\x64"sv)));
  CHECK_FALSE(native::check_song_head(bytes("\xff\xff\xff\xff"sv)));
  CHECK_FALSE(native::check_song_head(bytes("\xff\xfe\x41\x00"sv)));  // UTF-16 text
}

TEST_CASE("sniff: the size of an ID3 tag is made of seven-bit bytes") {
  CHECK(native::id3_bytes(bytes("ID3\4\0\0\0\0\2\1"sv)) == 257 + 10);
}

TEST_CASE("sniff: RIFF sizes and Ogg ends tell a file cut short") {
  const auto head = "RIFF\x24\0\0\0WAVEfmt "sv;
  CHECK_FALSE(native::looks_truncated(bytes(head), {}, 44));
  CHECK(native::looks_truncated(bytes(head), {}, 40));
  CHECK_FALSE(native::looks_truncated(bytes("RIFF\xff\xff\xff\xffWAVE"sv), {}, 44));  // length unknown
  const auto ogg = "OggS\0\2and more of it"sv;
  CHECK(native::looks_truncated(bytes(ogg), bytes("....OggS\0\0...."sv), 1000));
  CHECK_FALSE(native::looks_truncated(bytes(ogg), bytes("OggS\0\0..OggS\0\4...."sv), 1000));
}
