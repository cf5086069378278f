#include "native/pipeline/phrase_corpus.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "base/hash.h"
#include "core/format/npy_text.h"
#include "core/generate/graph/phrase_corpus_fixture.h"
#include "native/pipeline/corpus_npz.h"
#include "native/temp_folder.h"

using namespace terpsi;

TEST_CASE("corpus file: what is not one is refused") {
  CHECK(native::parse_corpus({}).error().code == ErrorCode::bad_format);
  const std::vector<std::uint8_t> noise(5000, 0x5a);
  CHECK(native::parse_corpus(noise).error().code == ErrorCode::bad_format);
  CHECK(native::parse_corpus(format::write_npz({})).error().code == ErrorCode::bad_format);
  const auto bytes = format::write_npz(test::corpus_npz(test::small_corpus(2)));
  REQUIRE(native::parse_corpus(bytes));
  for (std::size_t length = 0; length < bytes.size(); length += bytes.size() / 97 + 1) {
    CAPTURE(length);
    CHECK_FALSE(native::parse_corpus(std::span(bytes).first(length)));
  }
}

TEST_CASE("corpus file: missing arrays, wrong shapes, wrong values are named") {
  const auto good = test::corpus_npz(test::small_corpus(2));
  for (const auto& [name, array] : good) {
    if (name == "clip_bpm") continue;  // for people, not read
    CAPTURE(name);
    auto npz = good;
    npz.erase(name);
    auto corpus = native::parse_corpus(format::write_npz(npz));
    REQUIRE_FALSE(corpus);
    CHECK(corpus.error().code == ErrorCode::bad_format);
    CHECK(corpus.error().message.find(name) != std::string::npos);

    npz = good;
    npz[name] = test::npy_text("nonsense");
    CHECK_FALSE(native::parse_corpus(format::write_npz(npz)));

    if (name == "style_names" || name == "style_families") continue;
    npz = good;
    npz[name] = format::npy_floats(std::vector<float>(6, 0.5f), {1, 2, 3});
    CHECK_FALSE(native::parse_corpus(format::write_npz(npz)));

    npz = good;
    npz[name] = format::npy_floats(std::vector<float>(array.count(), std::numeric_limits<float>::quiet_NaN()),
                                   array.shape);
    CHECK_FALSE(native::parse_corpus(format::write_npz(npz)));
  }
  auto later = good;
  later["version"] = format::npy_ints(std::vector<std::int32_t>{3}, {});
  CHECK(native::parse_corpus(format::write_npz(later)).error().code == ErrorCode::unsupported);
}

TEST_CASE("corpus file: read as written, and named by its digest") {
  const auto written = test::small_corpus(3, 1.f);
  const auto bytes = format::write_npz(test::corpus_npz(written));
  const test::TempFolder folder;
  const std::string path = folder.write("c.npz", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto file = native::load_corpus(path);
  REQUIRE_MESSAGE(file, file.error().message);
  CHECK(file->sha256 == sha256_hex(bytes));
  const auto& read = file->corpus;
  CHECK(read.samples == written.samples);
  CHECK(read.rows == written.rows);
  CHECK(read.clip_start == written.clip_start);
  REQUIRE(read.styles.size() == 2);
  CHECK(read.styles[1].name == "fast");
  CHECK(read.styles[1].bpm == 128.f);
  CHECK(read.styles[1].family == written.styles[1].family);
  REQUIRE(read.phrases.size() == written.phrases.size());
  for (std::size_t i = 0; i < read.phrases.size(); ++i) {
    CHECK(read.sources[i].row == written.sources[i].row);
    CHECK(read.sources[i].before == written.sources[i].before);
    CHECK(read.sources[i].after == written.sources[i].after);
    CHECK(read.phrases[i].style == written.phrases[i].style);
    CHECK(read.phrases[i].energy == written.phrases[i].energy);
    CHECK(read.phrases[i].bpm == written.phrases[i].bpm);
    CHECK(read.phrases[i].alike == written.phrases[i].alike);
    REQUIRE(read.phrases[i].next.size() == written.phrases[i].next.size());
    CHECK(read.phrases[i].next[0].code == written.phrases[i].next[0].code);
    CHECK(read.phrases[i].next[0].cost == written.phrases[i].next[0].cost);
  }
  CHECK(native::load_corpus(folder / "none.npz").error().code == ErrorCode::not_found);
}
