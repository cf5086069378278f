#include "format/export_table.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/format/sample_dance.h"
#include "format/bvh.h"
#include "format/dance_file.h"
#include "format/dance_json.h"
#include "format/gltf.h"

using namespace terpsi;
using namespace terpsi::format;

namespace {

std::span<const std::uint8_t> bytes_in(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("each row can be found, is complete and unlike the others") {
  std::set<std::string_view> extensions, labels;
  for (const ExportFormat& f : export_formats()) {
    CAPTURE(f.extension);
    CHECK(find_format(f.extension) == &f);
    CHECK(extensions.insert(f.extension).second);
    CHECK(labels.insert(f.label).second);
    CHECK(f.extension.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos);
    CHECK(f.mime.find('/') != std::string_view::npos);
    CHECK((f.write != nullptr));
    CHECK((f.read == nullptr) == (f.max_bytes == 0));
  }
  for (const char* none : {"", ".bvh", "BVH", "png", "dance "}) CHECK(find_format(none) == nullptr);
}

TEST_CASE("what a row writes it reads back") {
  const Dance dance = test::sample_dance(40);
  for (const ExportFormat& f : export_formats()) {
    CAPTURE(f.extension);
    const auto file = f.write(dance);
    REQUIRE(file);
    CHECK(*f.write(dance) == *file);
    if (f.read == nullptr) continue;
    const auto back = f.read(bytes_in(*file));
    REQUIRE(back);
    CHECK(back->clip.size() == 40);
    CHECK(back->title == (f.motion_only ? "" : dance.title));
    CHECK(f.read(bytes_in("garbage")).error().code == ErrorCode::bad_format);
  }
}

TEST_CASE("rows write what their writers do") {
  const Dance dance = test::sample_dance(30);
  CHECK(*find_format("dance")->write(dance) == text_of(*write_dance(dance)));
  CHECK(*find_format("bvh")->write(dance) == write_bvh(dance.clip));
  CHECK(*find_format("glb")->write(dance) == text_of(write_glb(dance)));
  CHECK(*find_format("json")->write(dance) == dance_to_json(dance));
  CHECK(find_format("dance")->write({}).error().code == ErrorCode::empty);
}

TEST_CASE("the table in words and as JSON") {
  CHECK(extension_list() == ".dance, .bvh, .glb or .json");
  CHECK(extension_list(true) == ".dance, .bvh or .json");
  const auto table = nlohmann::json::parse(export_formats_json());
  REQUIRE(table.size() == export_formats().size());
  CHECK(table[1]["extension"] == "bvh");
  CHECK(table[1]["every_dancer"] == true);
  CHECK(table[2]["readable"] == false);
  for (const auto& row : table) CHECK(row.size() == 5);
}
