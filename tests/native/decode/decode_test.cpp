#include "native/decode/decode.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <string_view>

#include "audio/describe/analysis.h"
#include "native/decode/decode_bytes.h"
#include "native/sound.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::decode_file;
using namespace std::string_view_literals;

namespace {

std::vector<std::uint8_t> bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Root mean square of the difference from the tone, over the part both have.
double difference(const audio::Pcm& pcm, const std::vector<float>& wanted) {
  double sum = 0;
  const std::size_t count = std::min(pcm.samples.size(), wanted.size());
  for (std::size_t i = 0; i < count; ++i) {
    const double d = static_cast<double>(pcm.samples[i]) - static_cast<double>(wanted[i]);
    sum += d * d;
  }
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, count)));
}

}  // namespace

TEST_CASE("decode: what is not a song is refused with a sentence about it") {
  const test::TempFolder folder;
  const auto refused = [&](const std::string& content, ErrorCode code, const std::string& about) {
    const auto song = decode_file(folder.write("song", content));
    REQUIRE_FALSE(song);
    CHECK(song.error().code == code);
    CHECK_MESSAGE(song.error().message.find(about) != std::string::npos, song.error().message);
    const auto again =
        test::decode_bytes({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    REQUIRE_FALSE(again);
    CHECK(again.error().message == song.error().message);
  };
  refused("", ErrorCode::empty, "empty");
  refused("Dear diary,\ntoday I danced.\n", ErrorCode::bad_format, "text file");
  refused("x", ErrorCode::bad_format, "text file");
  refused(std::string("\0\0\0\x20"
                      "ftypM4A ",
                      12),
          ErrorCode::bad_format, "MP4");
  refused(std::string("MThd\0\0\0\6", 8), ErrorCode::bad_format, "MIDI");
  refused("RIFF____WAVE", ErrorCode::bad_format, "damaged");
  refused("fLaC but no more than that", ErrorCode::bad_format, "damaged");
  refused("OggS but no more than that", ErrorCode::bad_format, "damaged");
  CHECK(decode_file(folder / "nothing").error().code == ErrorCode::not_found);
  CHECK(decode_file(folder.path()).error().code == ErrorCode::io);
}

TEST_CASE("decode: random bytes behind every magic number end in an error or a bounded song") {
  std::mt19937 random(1);
  for (const std::string_view magic : {"RIFF\x24\x10\0\0WAVEfmt "sv, "fLaC"sv, "OggS"sv, "ID3\x04"sv,
                                       "\xff\xfb\x90\x64"sv, "FORM\0\0\0\0AIFF"sv}) {
    for (int round = 0; round < 50; ++round) {
      std::vector<std::uint8_t> bytes(magic.begin(), magic.end());
      while (bytes.size() < 3000) bytes.push_back(static_cast<std::uint8_t>(random()));
      const auto song = test::decode_bytes(bytes);
      if (song) CHECK(song->pcm.seconds() <= 900.0);
    }
  }
}

TEST_CASE("decode: WAV, AIFF, FLAC, Ogg Vorbis, Opus and MP3 give the sound back, in place") {
  const test::TempFolder folder;
  struct Kind {
    int format, rate;
    double tolerance;
    const char* name;
  };
  for (const Kind& kind : {Kind{SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1e-4, "WAV"},
                           Kind{SF_FORMAT_WAV | SF_FORMAT_FLOAT, 22050, 1e-6, "WAV"},
                           Kind{SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 48000, 1e-6, "AIFF"},
                           Kind{SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 1e-4, "FLAC"},
                           Kind{SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 0.03, "Ogg Vorbis"},
                           Kind{SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 0.03, "Opus"},
                           Kind{SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 0.03, "MP3"}}) {
    CAPTURE(kind.name);
    const auto samples = test::tone(2, kind.rate);
    REQUIRE(test::write_sound(folder / "song", kind.format, samples, kind.rate));
    const auto song = decode_file(folder / "song");
    REQUIRE(song);
    CHECK(song->format == kind.name);
    CHECK(song->channels == 1);
    CHECK(song->warning.empty());
    CHECK(song->pcm.sample_rate == kind.rate);
    CHECK(song->pcm.seconds() == doctest::Approx(2).epsilon(0.02));
    // A shift by one sample already makes 0.02 at 44.1 kHz; 5 ms would make 0.4: the codec's delay is taken
    // out.
    CHECK(difference(song->pcm, samples) < kind.tolerance);
    const auto again = test::decode_bytes(bytes_of_file(folder / "song"));
    REQUIRE(again);
    CHECK(again->pcm.samples == song->pcm.samples);
  }
}

TEST_CASE("decode: channels are averaged; more than eight are refused") {
  const test::TempFolder folder;
  for (const int channels : {2, 3, 8}) {
    REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                              test::tone(1, 22050, channels), 22050, channels));
    const auto song = decode_file(folder / "song.wav");
    REQUIRE(song);
    auto mean = test::tone(1, 22050);
    for (float& sample : mean) sample *= static_cast<float>(channels + 1) / static_cast<float>(2 * channels);
    CHECK(difference(song->pcm, mean) < 1e-5);
  }
  REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, test::tone(1, 22050, 9),
                            22050, 9));
  CHECK(decode_file(folder / "song.wav").error().code == ErrorCode::too_large);
}

TEST_CASE("decode: sample rates out of bounds are refused") {
  const test::TempFolder folder;
  REQUIRE(
      test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, test::tone(1, 4000), 4000));
  CHECK(decode_file(folder / "song.wav").error().code == ErrorCode::unsupported);
}

TEST_CASE("decode: a file cut short gives its beginning and a warning") {
  const test::TempFolder folder;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                           SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}) {
    CAPTURE(format);
    REQUIRE(test::write_sound(folder / "song", format, test::noise(6, 44100), 44100));
    auto bytes = bytes_of_file(folder / "song");
    bytes.resize(bytes.size() * 6 / 10);
    const auto song = test::decode_bytes(bytes);
    REQUIRE(song);
    CHECK(song->warning.find("cut short") != std::string::npos);
    CHECK(song->pcm.seconds() > 1.0);
    CHECK(song->pcm.seconds() < 5.0);
  }
}

TEST_CASE("decode: too long a song is refused by its header, and a part of it is not") {
  const test::TempFolder folder;
  const std::vector<float> silence(static_cast<std::size_t>(20 * 60 * 8000), 0.f);
  REQUIRE(test::write_sound(folder / "long.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, silence, 8000));
  const auto song = decode_file(folder / "long.flac");
  REQUIRE_FALSE(song);
  CHECK(song.error().code == ErrorCode::too_large);
  CHECK(song.error().message.find("20 minutes") != std::string::npos);
  const auto part = decode_file(folder / "long.flac", {1100, 1110});
  REQUIRE(part);
  CHECK(part->pcm.samples.size() == 10 * 8000);
}

TEST_CASE("decode: a header that lies about its length costs no memory") {
  const test::TempFolder folder;
  REQUIRE(
      test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, test::tone(2, 44100), 44100));
  auto bytes = bytes_of_file(folder / "song.wav");
  REQUIRE(bytes.size() > 44);
  for (const std::size_t at : {7, 43}) bytes[at] = 0x7f;  // two gigabytes, says the header
  const auto song = test::decode_bytes(bytes);
  REQUIRE(song);
  CHECK(song->pcm.seconds() == doctest::Approx(2));
  CHECK_FALSE(song->warning.empty());
}

TEST_CASE("decode: no samples is an error; silence and NaN are passed on") {
  const test::TempFolder folder;
  REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, {}, 44100));
  CHECK(decode_file(folder / "song.wav").error().code == ErrorCode::empty);
  REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, {0.25f}, 44100));
  const auto one = decode_file(folder / "song.wav");
  REQUIRE(one);
  CHECK(one->pcm.samples.size() == 1);
  std::vector<float> samples(44100, 0.f);
  samples[100] = std::numeric_limits<float>::quiet_NaN();
  REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples, 44100));
  const auto song = decode_file(folder / "song.wav");
  REQUIRE(song);
  CHECK(std::isnan(song->pcm.samples[100]));
  CHECK(audio::analyze(song->pcm).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("decode: a range gives exactly its samples") {
  const test::TempFolder folder;
  const auto samples = test::tone(4, 22050);
  REQUIRE(test::write_sound(folder / "song.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples, 22050));
  const auto part = decode_file(folder / "song.wav", {1.5, 3});
  REQUIRE(part);
  CHECK(part->warning.empty());
  REQUIRE(part->pcm.samples.size() == 33075);
  CHECK(std::equal(part->pcm.samples.begin(), part->pcm.samples.end(), samples.begin() + 33075));
  CHECK(decode_file(folder / "song.wav", {3, 99})->pcm.samples.size() == 22050);
  CHECK(decode_file(folder / "song.wav", {5, 9}).error().code == ErrorCode::empty);
  CHECK(decode_file(folder / "song.wav", {3, 3}).error().code == ErrorCode::invalid_argument);
  CHECK(decode_file(folder / "song.wav", {-1, 3}).error().code == ErrorCode::invalid_argument);
  CHECK(decode_file(folder / "song.wav", {std::nan(""), 3}).error().code == ErrorCode::invalid_argument);
}
