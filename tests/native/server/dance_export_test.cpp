#include "native/server/dance_export.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/format/sample_dance.h"
#include "format/bvh.h"
#include "format/dance_file.h"
#include "format/export_table.h"
#include "native/io/decode_png.h"
#include "native/server/hostile_titles.h"
#include "picture/poster.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {
std::vector<std::uint8_t> bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}
}  // namespace

TEST_CASE("garbage is not a dance in any format") {
  for (const char* format : {"dance", "bvh", "glb", "json", "png"}) {
    CHECK(export_dance({}, format).error().code == ErrorCode::bad_format);
    CHECK(export_dance(bytes_of("<script>garbage</script>"), format).error().code == ErrorCode::bad_format);
  }
  const auto file = format::write_dance(test::sample_dance(20));
  REQUIRE(file);
  for (const char* format : {"", "exe", "BVH", "bvh\n", "../bvh", "fbx", "png2"})
    CHECK(export_dance(*file, format).error().code == ErrorCode::not_found);
}

TEST_CASE("every format comes out as what it is") {
  const auto file = format::write_dance(test::sample_dance(45));
  REQUIRE(file);
  const auto dance = export_dance(*file, "dance");
  REQUIRE(dance);
  CHECK(bytes_of(dance->bytes) == *file);
  CHECK(dance->mime == "application/octet-stream");
  const auto bvh = export_dance(*file, "bvh");
  REQUIRE(bvh);
  const auto clip = format::read_bvh(bvh->bytes);
  REQUIRE(clip);
  CHECK(clip->size() == 45);
  const auto json = export_dance(*file, "json");
  REQUIRE(json);
  CHECK(json->mime == "application/json");
  CHECK(nlohmann::json::parse(json->bytes, nullptr, false)["root"].size() == 45);
  const auto glb = export_dance(*file, "glb");
  REQUIRE(glb);
  CHECK(glb->mime == "model/gltf-binary");
  CHECK(glb->bytes.substr(0, 4) == "glTF");
  CHECK(glb->disposition.starts_with(
      "attachment; filename=\"Caf_b_b_quoted.glb\"; filename*=UTF-8''Caf%C3%A9%20"));
  const auto png = export_dance(*file, "png");
  REQUIRE(png);
  CHECK(png->mime == "image/png");
  CHECK(png->disposition.empty());
  CHECK(png->bytes.size() < 300 * 1000);
  const auto picture = test::decode_png(bytes_of(png->bytes));
  REQUIRE(picture);
  CHECK(picture->rgb == picture::draw_poster(*format::read_dance(*file)).rgb);
}

TEST_CASE("every format of the table has an extension that openapi.yaml allows, and is handed out") {
  const auto file = format::write_dance(test::sample_dance(20));
  REQUIRE(file);
  for (const format::ExportFormat& f : format::export_formats()) {
    CAPTURE(f.extension);
    CHECK(f.extension.size() <= 8);
    CHECK(f.extension.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos);
    const auto out = export_dance(*file, f.extension);
    REQUIRE(out);
    CHECK(out->mime == f.mime);
  }
}

TEST_CASE("file names are safe whatever the title") {
  for (const std::string& title : test::hostile_titles()) {
    CAPTURE(title);
    const std::string name = safe_file_name(title, "bvh");
    CHECK(name.size() <= 80);
    CHECK(name.size() > 4);
    CHECK(name.ends_with(".bvh"));
    CHECK(std::count(name.begin(), name.end(), '.') == 1);
    CHECK(std::all_of(name.begin(), name.end(),
                      [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; }));
    CHECK(name[0] != '-');
    const std::string header = attachment_of(title, "bvh");
    CHECK(header.starts_with("attachment; filename=\"" + name + "\""));
    CHECK(std::all_of(header.begin(), header.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; }));
    CHECK(std::count(header.begin(), header.end(), '"') == 2);
    CHECK(std::count(header.begin(), header.end(), ';') <= 2);
    CHECK(header.find("..") == std::string::npos);
    CHECK(header.find("%2F") == std::string::npos);
    CHECK(header.find("%5C") == std::string::npos);
  }
  CHECK(safe_file_name("", "bvh") == "dance.bvh");
  CHECK(safe_file_name("con", "bvh") == "dance_con.bvh");
  CHECK(safe_file_name("LPT1", "json") == "dance_LPT1.json");
  CHECK(safe_file_name("--help", "bvh") == "help.bvh");
  CHECK(safe_file_name("My song (live)", "glb") == "My_song_live.glb");
  CHECK(attachment_of("plain", "bvh") == "attachment; filename=\"plain.bvh\"");
  CHECK(attachment_of("Nuit", "bvh").find("filename*") == std::string::npos);
  CHECK(attachment_of("\xE2\x98\x83", "bvh") ==
        "attachment; filename=\"dance.bvh\"; filename*=UTF-8''%E2%98%83.bvh");
}
