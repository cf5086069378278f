#include "native/store/blob_store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/hash.h"
#include "base/limits.h"
#include "native/store/small_disk.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::BlobStore;

namespace {

namespace fs = std::filesystem;

BlobStore store_in(const std::string& folder) {
  auto store = BlobStore::open(folder, true);
  REQUIRE(store.ok());
  return std::move(*store);
}

std::string path_of(const std::string& folder, const std::string& sha256) {
  return folder + "/blobs/" + sha256.substr(0, 2) + "/" + sha256;
}

std::vector<std::uint8_t> some_bytes(std::size_t size, std::uint8_t first = 0) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i * 7);
  return bytes;
}

std::size_t files_below(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file();
  return count;
}

}  // namespace

TEST_CASE("hostile names of blobs are refused and never leave the folder") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  folder.write("secret", "s");
  const std::string long_name(64, 'g');
  for (const std::string& name :
       {std::string(), std::string("a"), std::string("../../secret"),
        std::string("../../../../../../etc/passwd"), long_name, std::string(64, 'A'), std::string(63, 'a'),
        std::string(64, '/'), std::string(64, '\0')}) {
    CAPTURE(name);
    const auto got = store.get(name);
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().code == ErrorCode::not_found);
    CHECK_FALSE(store.has(name));
    const auto removed = store.remove(name);
    REQUIRE_FALSE(removed.ok());
    CHECK(removed.error().code == ErrorCode::invalid_argument);
  }
  CHECK(fs::exists(folder / "secret"));
}

TEST_CASE("blobs come back as they were put, under their digest") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{100001}}) {
    const auto bytes = some_bytes(size);
    const auto sha256 = store.put(bytes);
    REQUIRE(sha256.ok());
    CHECK(*sha256 == sha256_hex(bytes));
    CHECK(store.has(*sha256));
    CHECK(*store.get(*sha256) == bytes);
    CHECK(*store.put(bytes) == *sha256);  // again
  }
  CHECK(files_below(folder.path()) == 3);
  CHECK(fs::is_empty(folder / "tmp"));
  struct stat about {};
  REQUIRE(::stat((folder / "blobs").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);

  const auto reopened = BlobStore::open(folder.path(), false);
  REQUIRE(reopened.ok());
  CHECK(*reopened->get(sha256_hex(some_bytes(1))) == some_bytes(1));
}

TEST_CASE("sizes of blobs are bounded") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  const auto empty = store.put({});
  REQUIRE_FALSE(empty.ok());
  CHECK(empty.error().code == ErrorCode::empty);
  const auto large = store.put(std::vector<std::uint8_t>(limits::kMaxBlobBytes + 1));
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == ErrorCode::too_large);
  CHECK(store.put(std::vector<std::uint8_t>(limits::kMaxBlobBytes)).ok());
}

TEST_CASE("a flipped bit is never served, and putting the blob again repairs it") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  const auto bytes = some_bytes(5000);
  const std::string sha256 = *store.put(bytes);
  for (const std::size_t at : {std::size_t{0}, std::size_t{2500}, std::size_t{4999}}) {
    auto flipped = bytes;
    flipped[at] ^= 0x10;
    std::ofstream(path_of(folder.path(), sha256), std::ios::binary)
        .write(reinterpret_cast<const char*>(flipped.data()), static_cast<std::streamsize>(flipped.size()));
    const auto got = store.get(sha256);
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().code == ErrorCode::bad_format);
  }
  fs::resize_file(path_of(folder.path(), sha256), 100);
  CHECK(store.get(sha256).error().code == ErrorCode::bad_format);
  fs::resize_file(path_of(folder.path(), sha256), limits::kMaxBlobBytes + 1);
  CHECK(store.get(sha256).error().code == ErrorCode::bad_format);
  REQUIRE(store.put(bytes).ok());
  CHECK(*store.get(sha256) == bytes);
}

TEST_CASE("links in the folder are not followed") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  const auto bytes = some_bytes(64);
  const std::string sha256 = sha256_hex(bytes);
  const std::string outside = folder.write("outside", std::string(bytes.begin(), bytes.end()));
  fs::create_directory(folder / ("blobs/" + sha256.substr(0, 2)));
  fs::create_symlink(outside, path_of(folder.path(), sha256));
  CHECK_FALSE(store.has(sha256));
  CHECK(store.get(sha256).error().code == ErrorCode::bad_format);
  const auto list = store.list();
  REQUIRE(list.ok());
  CHECK(list->blobs.empty());
  CHECK(list->strays.size() == 1);
  REQUIRE(store.put(bytes).ok());  // takes the link's place
  CHECK_FALSE(fs::is_symlink(path_of(folder.path(), sha256)));
  CHECK(*store.get(sha256) == bytes);
  REQUIRE(store.remove(sha256).ok());
  CHECK(fs::exists(outside));

  const std::string prefix = folder / ("blobs/" + sha256.substr(0, 2));  // a folder that is a link
  fs::remove(prefix);
  fs::create_directory(folder / "elsewhere");
  fs::create_directory_symlink(folder / "elsewhere", prefix);
  CHECK_FALSE(store.put(bytes).ok());
  CHECK(fs::is_empty(folder / "elsewhere"));
  fs::remove(folder / "tmp");
  fs::create_directory_symlink(folder / "elsewhere", folder / "tmp");
  CHECK_FALSE(BlobStore::open(folder.path(), true).ok());
}

TEST_CASE("blobs are listed and removed, other things are strays") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  std::vector<std::string> digests;
  for (std::uint8_t i = 0; i < 20; ++i) digests.push_back(*store.put(some_bytes(10, i)));
  std::sort(digests.begin(), digests.end());
  folder.write("blobs/ab/readme.txt", "?");
  folder.write("blobs/readme.txt", "?");
  auto list = store.list();
  REQUIRE(list.ok());
  REQUIRE(list->blobs.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(list->blobs[i].sha256 == digests[i]);
  CHECK(list->blobs[0].bytes == 10);
  CHECK(list->blobs[0].modified > 1600000000);
  CHECK(list->strays == std::vector<std::string>{"blobs/ab/readme.txt", "blobs/readme.txt"});
  CHECK(store.remove(digests[3]).ok());
  CHECK(store.remove(digests[3]).ok());
  CHECK(store.get(digests[3]).error().code == ErrorCode::not_found);
  CHECK(store.list()->blobs.size() == 19);
}

TEST_CASE("what a crash left in tmp is removed, and nothing else") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  const std::string sha256 = *store.put(some_bytes(10));
  folder.write("tmp/half", "half");
  REQUIRE(store.clear_temporary().ok());
  CHECK(fs::is_empty(folder / "tmp"));
  CHECK(store.has(sha256));
}

TEST_CASE("many threads put the same blobs") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint8_t i = 0; i < 20; ++i) {
        const auto sha256 = store.put(some_bytes(3000, i));
        if (!sha256 || !store.get(*sha256).ok()) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(files_below(folder.path()) == 20);
}

TEST_CASE("a full disk is an error that says so and leaves nothing behind") {
  const test::SmallDisk disk;
  auto store = store_in(disk.path());
  Status status = ok_status();
  std::vector<std::string> kept;
  for (std::uint8_t i = 0; i < 40 && status; ++i) {
    const auto sha256 = store.put(some_bytes(100000, i));
    if (sha256)
      kept.push_back(*sha256);
    else
      status = sha256.error();
  }
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::io);
  CHECK(status.error().message.find("disk is full") != std::string::npos);
  CHECK(fs::is_empty(disk.path() + "/tmp"));
  for (const auto& sha256 : kept) CHECK(store.get(sha256).ok());
  if (disk.mounted()) {
    REQUIRE(kept.size() > 3);
    REQUIRE(store.remove(kept.back()).ok());
    CHECK(store.put(some_bytes(100000, 99)).ok());
  }
}
