#include "native/io/file.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "native/temp_folder.h"

using namespace terpsi;

TEST_CASE("file: what cannot be read says why") {
  const test::TempFolder folder;
  CHECK(native::read_file(folder / "nothing", 10).error().code == ErrorCode::not_found);
  CHECK(native::read_file(folder.path(), 10).error().code == ErrorCode::io);
  const std::string path = folder.write("eleven", "0123456789a");
  CHECK(native::read_file(path, 10).error().code == ErrorCode::too_large);
  CHECK(native::read_file(path, 11)->size() == 11);
}

TEST_CASE("file: writing replaces the whole file and leaves nothing else behind") {
  const test::TempFolder folder;
  folder.write("out", "the old and longer content");
  REQUIRE(native::write_file(folder / "out", std::string_view("new")));
  CHECK(native::read_file(folder / "out", 100)->size() == 3);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("file: a failed write leaves the folder as it was") {
  const test::TempFolder folder;
  CHECK(native::write_file(folder / "no/such/folder/out", std::string_view("x")).error().code ==
        ErrorCode::io);
  std::filesystem::create_directory(folder / "out");
  CHECK_FALSE(native::write_file(folder / "out", std::string_view("x")));
  CHECK(std::filesystem::is_directory(folder / "out"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("file: the same file by two names, and extensions") {
  const test::TempFolder folder;
  const std::string path = folder.write("a", "1");
  std::filesystem::create_symlink(path, folder / "b");
  CHECK(native::same_file(path, folder / "b"));
  CHECK_FALSE(native::same_file(path, folder / "c"));
  CHECK(native::extension_of("x/y.Z.BVH") == ".bvh");
  CHECK(native::extension_of("x.y/z").empty());
}
