#include "native/io/dance_files.h"

#include <doctest/doctest.h>

#include "core/format/sample_dance.h"
#include "native/io/file.h"
#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::native;

TEST_CASE("what is no dance is refused, by name or by content") {
  const test::TempFolder folder;
  CHECK(load_dance(folder / "x.mp4").error().code == ErrorCode::invalid_argument);
  CHECK(load_dance(folder / "missing.dance").error().code == ErrorCode::not_found);
  for (const char* name : {"x.dance", "x.bvh", "x.json"}) {
    const auto dance = load_dance(folder.write(name, "glTF\x02 garbage"));
    CHECK(dance.error().code == ErrorCode::bad_format);
  }
  CHECK(save_dance(folder / "x.gltf", test::sample_dance(3)).error().code == ErrorCode::invalid_argument);
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
