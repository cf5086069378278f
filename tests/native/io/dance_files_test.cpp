#include "native/io/dance_files.h"

#include <doctest/doctest.h>

#include "core/format/sample_dance.h"
#include "native/io/file.h"
#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::native;

TEST_CASE("what is not a dance is refused, by name or by content") {
  const test::TempFolder folder;
  CHECK(load_dance(folder / "x.mp4").error().code == ErrorCode::invalid_argument);
  CHECK(load_dance(folder / "missing.dance").error().code == ErrorCode::not_found);
  for (const char* name : {"x.dance", "x.bvh", "x.json"}) {
    const auto dance = load_dance(folder.write(name, "glTF\x02 garbage"));
    CHECK(dance.error().code == ErrorCode::bad_format);
  }
  CHECK(save_dance(folder / "x.gltf", test::sample_dance(3)).error().code == ErrorCode::invalid_argument);
  for (const char* path : {"x.mp4", "x", "x.", ".dance/x"}) CHECK_FALSE(check_dance_path(path));
  for (const char* path : {"x.BVH", "x.dance", "x.glb", "x.json"}) CHECK(check_dance_path(path));
}

TEST_CASE("glTF files are written but not read") {
  const test::TempFolder folder;
  const std::string path = folder / "x.GLB";
  REQUIRE(save_dance(path, test::sample_dance(30)));
  const auto bytes = read_file(path, 1 << 24);
  REQUIRE(bytes);
  CHECK(std::string(bytes->begin(), bytes->begin() + 4) == "glTF");
  const auto back = load_dance(path);
  REQUIRE(!back);
  CHECK(back.error().code == ErrorCode::unsupported);
  CHECK(back.error().message.find(".dance") != std::string::npos);
}

TEST_CASE("titles hold only what a dance may") {
  CHECK(title_of("/a/b/My song.ogg") == "My song");
  CHECK(title_of("a\nb.ogg") == "untitled");
  CHECK(title_of("\xff\xfe\xfd\xfc\xfb.ogg") == "untitled");
  std::string wide;
  for (int i = 0; i < 90; ++i) wide += "\xe2\x99\xaa";  // 3 bytes each
  CHECK(title_of(wide + ".ogg").size() == 198);
}

TEST_CASE("motion without a title is named after its file") {
  const test::TempFolder folder;
  const std::string bvh = folder / "My song.bvh", json = folder / "other.json";
  REQUIRE(save_dance(bvh, test::sample_dance(10)));
  REQUIRE(save_dance(json, test::sample_dance(10)));
  CHECK(load_dance(bvh)->title == "My song");
  CHECK(load_dance(json)->title == test::sample_dance(10).title);
}
