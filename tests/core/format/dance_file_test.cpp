#include "format/dance_file.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "base/crc32.h"
#include "base/hash.h"
#include "base/limits.h"
#include "core/format/sample_dance.h"
#include "motion/kinematics.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::format;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes written(const Dance& dance) {
  const auto bytes = write_dance(dance);
  REQUIRE(bytes.ok());
  return *bytes;
}

// With the checksum put right again, so that a reader has to notice by itself.
Bytes resealed(Bytes bytes) {
  const std::uint32_t crc = crc32(std::span(bytes).first(bytes.size() - 4));
  for (std::size_t i = 0; i < 4; ++i) bytes[bytes.size() - 4 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return bytes;
}

// Whatever was read must be something write_dance accepts.
bool sound(const Dance& dance) {
  for (const motion::Frame& f : dance.clip.frames) {
    if (!f.root.allFinite()) return false;
    for (const motion::Quat& q : f.rotations) {
      if (!(std::abs(q.norm() - 1.f) < 1e-3f)) return false;
    }
  }
  return dance.title.size() <= limits::kMaxTitleBytes && dance.beats.size() <= 20000;
}

}  // namespace

TEST_CASE("dance file: what is none") {
  CHECK(read_dance({}).error().code == ErrorCode::bad_format);
  for (std::size_t size : {1u, 4u, 11u, 12u, 1000u}) {
    CHECK(read_dance(Bytes(size, 0)).error().code == ErrorCode::bad_format);
    CHECK(read_dance(Bytes(size, 0xff)).error().code == ErrorCode::bad_format);
  }
  CHECK(read_dance(Bytes(limits::kMaxDanceFileBytes + 1)).error().code == ErrorCode::too_large);
  Bytes newer = written(test::sample_dance(4));
  newer[4] = 2;
  CHECK(read_dance(resealed(newer)).error().code == ErrorCode::unsupported);
}

TEST_CASE("dance file: what cannot be written") {
  const auto refused = [](auto&& spoil) {
    Dance dance = test::sample_dance(40);
    spoil(dance);
    CHECK(write_dance(dance).error().code == ErrorCode::invalid_argument);
  };
  refused([](Dance& d) { d.title = std::string(201, 'x'); });
  refused([](Dance& d) { d.title = "\xff"; });
  refused([](Dance& d) { d.style = std::string(65, 'x'); });
  refused([](Dance& d) { d.model_sha256 = "abc"; });
  refused([](Dance& d) { d.energy = std::numeric_limits<float>::quiet_NaN(); });
  refused([](Dance& d) { d.tempo_bpm = -1; });
  refused([](Dance& d) { d.beats[1] = d.beats[0] - 1; });
  refused([](Dance& d) { d.beats[0] = std::nan(""); });
  refused([](Dance& d) { d.beat_in_bar.pop_back(); });
  refused([](Dance& d) { d.beat_in_bar[0] = 0; });
  CHECK(write_dance({}).error().code == ErrorCode::empty);
}

TEST_CASE("dance file: round trip") {
  for (std::size_t frames : {1u, 31u, 900u}) {
    Dance dance = test::sample_dance(frames);
    if (frames == 31)
      dance.beats.clear(), dance.beat_in_bar.clear(), dance.model_sha256.clear(), dance.title.clear();
    const auto back = read_dance(written(dance));
    REQUIRE(back.ok());
    CHECK(back->title == dance.title);
    CHECK(back->style == dance.style);
    CHECK(back->seed == dance.seed);
    CHECK(back->energy == dance.energy);
    CHECK(back->model_name == dance.model_name);
    CHECK(back->model_sha256 == dance.model_sha256);
    CHECK(back->tempo_bpm == dance.tempo_bpm);
    CHECK(back->beat_in_bar == dance.beat_in_bar);
    REQUIRE(back->beats.size() == dance.beats.size());
    for (std::size_t i = 0; i < dance.beats.size(); ++i)
      CHECK(std::abs(back->beats[i] - dance.beats[i]) <= 0.6e-4);
    REQUIRE(back->clip.size() == frames);
    for (std::size_t i = 0; i < frames; ++i) {
      const auto a = motion::joint_positions(dance.clip.frames[i]),
                 b = motion::joint_positions(back->clip.frames[i]);
      for (std::size_t j = 0; j < motion::kJoints; ++j) CHECK_UNARY((a[j] - b[j]).norm() < 0.01f);
    }
  }
}

TEST_CASE("dance file: every damaged byte and every truncation is noticed") {
  const Bytes good = written(test::sample_dance(40));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::uint8_t flip : {std::uint8_t{1}, std::uint8_t{0x80}, std::uint8_t{0xff}}) {
      Bytes bad = good;
      bad[i] ^= flip;
      CHECK_UNARY_FALSE(read_dance(bad).ok());
    }
    CHECK_UNARY_FALSE(read_dance(std::span(good).first(i)).ok());
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK_FALSE(read_dance(longer).ok());
}

TEST_CASE("dance file: damage with a right checksum is refused or harmless") {
  const Bytes good = written(test::sample_dance(40));
  int read = 0;
  for (std::size_t i = 0; i + 4 < good.size(); ++i) {
    for (std::uint8_t flip : {std::uint8_t{1}, std::uint8_t{0x40}, std::uint8_t{0xff}}) {
      Bytes bad = good;
      bad[i] ^= flip;
      const auto dance = read_dance(resealed(bad));
      if (!dance.ok()) continue;
      ++read;
      CHECK_UNARY(sound(*dance));
    }
  }
  CHECK(read > 0);
}

TEST_CASE("dance file: unknown sections are skipped, known ones come once") {
  const Bytes good = written(test::sample_dance(40));
  Bytes more(good.begin(), good.end() - 4);
  more[6] = static_cast<std::uint8_t>(more[6] + 1);
  for (std::uint8_t b : {'N', 'E', 'W', '!', '\3', '\0', '\0', '\0', 'a', 'b', 'c', '\0', '\0', '\0', '\0'})
    more.push_back(b);
  CHECK(read_dance(resealed(more)).ok());
  Bytes twice(good.begin(), good.end() - 4);
  twice[6] = static_cast<std::uint8_t>(twice[6] + 1);
  for (std::uint8_t b :
       {'B', 'E', 'A', 'T', '\4', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0'})
    twice.push_back(b);
  CHECK_FALSE(read_dance(resealed(twice)).ok());
}

TEST_CASE("dance file: the corpus") {
  int files = 0, good = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(terpsi::project::source_path("tests/corpus/dance"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    const Bytes bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto dance = read_dance(bytes);
    ++files;
    good += dance.ok();
    CHECK(dance.ok() == (entry.path().filename().string().rfind("good", 0) == 0));
    if (dance.ok()) CHECK(sound(*dance));
  }
  CHECK(files >= 8);
  CHECK(good >= 2);
}

TEST_CASE("dance file: the head says the same as the whole, without the motion") {
  CHECK(!read_dance_head({}));
  CHECK(!read_dance_head(terpsi::bytes_of("TDNCTDNCTDNCTDNC")));
  const Dance dance = test::sample_dance(90);
  const auto file = write_dance(dance);
  REQUIRE(file);
  const auto head = read_dance_head(*file);
  REQUIRE(head);
  CHECK(head->dance.title == dance.title);
  CHECK(head->dance.beats.size() == dance.beats.size());
  CHECK(head->dance.clip.frames.empty());
  CHECK(head->seconds == doctest::Approx(dance.clip.seconds()));
  for (std::size_t i = 0; i < file->size(); i += 7) {
    auto damaged = *file;
    damaged[i] ^= 4;
    CHECK(!read_dance_head(damaged));
  }
}
