#include "native/store/check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "native/store/backup.h"
#include "native/store/local_store.h"
#include "native/store/some_dance.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::LocalStore;
using test::some_dance;
using test::some_record;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<LocalStore> checked_store(const std::string& path) {
  auto store = LocalStore::open(path);
  REQUIRE(store.ok());
  return std::move(*store);
}

native::CheckReport check(LocalStore& store) {
  auto report = native::check_folder(*store.folder());
  REQUIRE(report.ok());
  return std::move(*report);
}

bool names(const std::vector<std::string>& sentences, const std::string& what) {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& sentence) { return sentence.find(what) != std::string::npos; });
}

std::string blob_path(const test::TempFolder& folder, const std::string& sha256) {
  return folder / ("blobs/" + sha256.substr(0, 2) + "/" + sha256);
}

void flip_a_bit(const std::string& path) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(30);
  const int byte = file.get();
  file.seekp(30);
  file.put(static_cast<char>(byte ^ 4));
}

}  // namespace

TEST_CASE("every damage is named, and only that") {
  const test::TempFolder folder;
  auto store = checked_store(folder.path());
  const auto whole = some_record(1), flipped = some_record(2), gone = some_record(3),
             no_dance = some_record(4);
  auto lies = some_record(5);
  lies.frames = 41;
  REQUIRE(store->put(whole, some_dance(1)).ok());
  CHECK(check(*store).damages.empty());
  CHECK(check(*store).notes.empty());
  REQUIRE(store->put(flipped, some_dance(2)).ok());
  REQUIRE(store->put(gone, some_dance(3)).ok());
  REQUIRE(store->put(no_dance, bytes_of("no dance")).ok());
  REQUIRE(store->put(lies, some_dance(5)).ok());
  const std::string orphan = *store->folder()->blobs().put(some_dance(6));
  const std::string bad_orphan = *store->folder()->blobs().put(some_dance(7));
  flip_a_bit(blob_path(folder, sha256_hex(some_dance(2))));
  flip_a_bit(blob_path(folder, bad_orphan));
  fs::remove(blob_path(folder, sha256_hex(some_dance(3))));
  folder.write("blobs/notes.txt", "x");
  const auto report = check(*store);
  CHECK(report.dances == 5);
  CHECK(report.blobs == 6);
  CHECK(report.damages.size() == 5);
  CHECK_FALSE(names(report.damages, whole.id));
  for (const std::string& id : {flipped.id, gone.id, no_dance.id, lies.id, bad_orphan}) {
    CAPTURE(id);
    CHECK(names(report.damages, id));
  }
  CHECK(report.notes.size() == 2);
  CHECK(names(report.notes, orphan));
  CHECK(names(report.notes, "notes.txt"));
}

TEST_CASE("results of renders are checked as well") {
  const test::TempFolder folder;
  auto store = checked_store(folder.path());
  const std::string result = *store->folder()->blobs().put(some_dance(1));
  {
    auto writing = store->folder()->write();
    auto insert = writing->database().prepare(
        "INSERT INTO renders (id, client, key, model, state, status, result_sha256, created, request) "
        "VALUES ('some-render', '', '', '', 'done', '{\"id\":\"some-render\"}', ?1, 0, '')");
    REQUIRE(insert->bind(std::string_view(result)).run().ok());
    REQUIRE(writing->commit().ok());
  }
  CHECK(check(*store).damages.empty());
  CHECK(check(*store).results == 1);
  fs::remove(blob_path(folder, result));
  CHECK(names(check(*store).damages, "some-render"));
  CHECK(check(*store).damages.size() == 1);
  for (const char* change :
       {"UPDATE renders SET status = '{'", "UPDATE renders SET status = '[]'",
        "UPDATE renders SET status = '{\"id\":\"another\"}'", "UPDATE renders SET status = '{\"id\":7}'"}) {
    REQUIRE(store->folder()->read()->database.execute(change).ok());
    CHECK(check(*store).damages.size() == 2);
  }
}

TEST_CASE("a damaged index is noticed") {
  const test::TempFolder folder;
  {
    auto store = checked_store(folder.path());
    for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(store->put(some_record(i), some_dance(i)).ok());
    auto reading = store->folder()->read();
    // An index that no longer fits its table.
    REQUIRE(reading->database
                .execute(
                    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX dances_sha256 "
                    "ON dances (title)' WHERE name = 'dances_sha256'")
                .ok());
  }
  auto folder_again = native::DataFolder::open(folder.path());
  REQUIRE(folder_again.ok());
  const auto report = native::check_folder(**folder_again);
  CHECK((!report.ok() || names(report->damages, "the index: ")));
}

TEST_CASE("a backup is a whole data folder of its own") {
  const test::TempFolder folder, other;
  auto store = checked_store(folder.path());
  std::vector<native::DanceRecord> records;
  for (std::uint64_t i = 0; i < 5; ++i) {
    records.push_back(some_record(i));
    REQUIRE(store->put(records.back(), some_dance(i)).ok());
  }
  REQUIRE(store->remove(records[4].id, records[4].token_sha256).ok());
  auto beside = native::DataFolder::open_beside(folder.path());
  REQUIRE(beside.ok());
  CHECK(native::back_up(**beside, folder.path()).error().code == ErrorCode::invalid_argument);
  CHECK(native::back_up(**beside, other.write("file", "x")).error().code == ErrorCode::invalid_argument);
  CHECK(native::back_up(**beside, other / "no/such/place").error().code == ErrorCode::io);
  const std::string target = other / "backup";
  const auto report = native::back_up(**beside, target);
  REQUIRE(report.ok());
  CHECK(report->dances == 4);
  CHECK(report->blobs == 4);
  CHECK(report->damages.empty());
  CHECK_FALSE(fs::exists(target + "/index.unfinished"));
  REQUIRE(store->remove(records[0].id, records[0].token_sha256).ok());  // afterwards: stays in the copy

  auto copy = checked_store(target);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto got = copy->get(records[i].id, 1700000000);
    REQUIRE(got.ok());
    CHECK(*got->file == some_dance(i));
  }
  CHECK(copy->get(records[4].id, 1700000000).error().code == ErrorCode::not_found);
  CHECK(check(*copy).damages.empty());
  CHECK(check(*copy).notes.empty());
}

TEST_CASE("a backup goes on after a damaged file and names it") {
  const test::TempFolder folder, other;
  auto store = checked_store(folder.path());
  REQUIRE(store->put(some_record(1), some_dance(1)).ok());
  REQUIRE(store->put(some_record(2), some_dance(2)).ok());
  flip_a_bit(blob_path(folder, sha256_hex(some_dance(1))));
  const auto report = native::back_up(*store->folder(), other / "backup");
  REQUIRE(report.ok());
  CHECK(report->blobs == 1);
  CHECK(names(report->damages, sha256_hex(some_dance(1))));
}
