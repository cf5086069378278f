#include "native/decode/decode_answer.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <random>

using namespace terpsi;
using native::DecodedSong;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes sent(const Result<DecodedSong>& song) {
  Bytes bytes;
  CHECK(native::send_answer(song, [&](const void* from, std::size_t size) {
    const auto* at = static_cast<const std::uint8_t*>(from);
    bytes.insert(bytes.end(), at, at + size);
    return true;
  }));
  return bytes;
}

std::optional<Result<DecodedSong>> received(const Bytes& bytes) {
  std::size_t at = 0;
  return native::read_answer([&](void* to, std::size_t size) {
    if (bytes.size() - at < size) return false;
    std::memcpy(to, bytes.data() + at, size);
    at += size;
    return true;
  });
}

DecodedSong song_with_metre() {
  DecodedSong song{{std::vector<float>(44100, 0.25f), audio::kAnalysisRate}, "MIDI", 2, "cut short", {}};
  song.written = audio::Metre{{0, 0.5, 1.0}, {3, 1, 2}, 3, 120, 1};
  return song;
}

}  // namespace

TEST_CASE("decode answer: bytes that are none are none, however they are changed or cut") {
  CHECK_FALSE(received({}));
  CHECK_FALSE(received(Bytes(10000, 0)));
  CHECK_FALSE(received(Bytes(10000, 0xff)));
  const Bytes good = sent(song_with_metre());
  for (std::size_t length = 0; length < good.size(); length += 997)
    CHECK_FALSE(received({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)}));
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    Bytes changed = good;
    for (int k = 0; k < 3; ++k) changed[random() % 110] = static_cast<std::uint8_t>(random());
    const auto answer = received(changed);
    if (!answer || !*answer) continue;
    CHECK((*answer)->pcm.samples.size() <= 900u * audio::kAnalysisRate + 1);
    for (const char c : (*answer)->warning + (*answer)->format) CHECK((c >= ' ' && c <= '~'));
  }
}

TEST_CASE("decode answer: songs and errors arrive as they were sent") {
  const auto song = song_with_metre();
  const auto answer = received(sent(song));
  REQUIRE(answer);
  REQUIRE(*answer);
  CHECK((*answer)->pcm.samples == song.pcm.samples);
  CHECK((*answer)->format == "MIDI");
  CHECK((*answer)->channels == 2);
  CHECK((*answer)->warning == "cut short");
  REQUIRE((*answer)->written);
  CHECK((*answer)->written->beats == song.written->beats);
  CHECK((*answer)->written->beat_in_bar == song.written->beat_in_bar);
  CHECK((*answer)->written->beats_per_bar == 3);
  CHECK((*answer)->written->bpm == 120);
  const auto error = received(sent(Error{ErrorCode::too_large, "the song is \n too long"}));
  REQUIRE(error);
  REQUIRE_FALSE(*error);
  CHECK(error->error().code == ErrorCode::too_large);
  CHECK(error->error().message == "the song is ? too long");
}

TEST_CASE("decode answer: numbers that cannot be are nonsense") {
  const auto nonsense = [](auto&& change) {
    auto song = song_with_metre();
    change(song);
    return !received(sent(song));
  };
  CHECK(nonsense([](DecodedSong& s) { s.pcm.samples.clear(); }));
  CHECK(nonsense([](DecodedSong& s) { s.pcm.samples.resize(901u * audio::kAnalysisRate); }));
  CHECK(nonsense([](DecodedSong& s) { s.channels = 0; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->beats[1] = 0; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->beats[2] = 3; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->beats[0] = std::numeric_limits<double>::quiet_NaN(); }));
  CHECK(nonsense([](DecodedSong& s) { s.written->beat_in_bar[0] = 0; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->beats_per_bar = 13; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->bpm = 0; }));
  CHECK(nonsense([](DecodedSong& s) { s.written->confidence = std::numeric_limits<double>::infinity(); }));
  CHECK_FALSE(nonsense([](DecodedSong&) {}));
}
