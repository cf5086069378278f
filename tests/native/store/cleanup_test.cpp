#include "native/store/cleanup.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "native/store/dance_index.h"
#include "native/store/local_store.h"
#include "native/store/some_dance.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::Expiry;
using native::LocalStore;
using test::some_dance;
using test::some_record;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kNow = 1700000000;
constexpr std::int64_t kYears = 10LL * 365 * 86400;

std::unique_ptr<LocalStore> store_to_clean(const std::string& path) {
  auto store = LocalStore::open(path);
  REQUIRE(store.ok());
  return std::move(*store);
}

std::int64_t look(Expiry& expiry, std::int64_t now, Expiry::Uptime uptime) {
  const auto deleted = expiry.sweep(now, uptime);
  REQUIRE(deleted.ok());
  return *deleted;
}

native::DanceRecord put(LocalStore& store, std::uint64_t seed, std::int64_t expires) {
  auto record = some_record(seed);
  record.expires = expires;
  REQUIRE(store.put(record, some_dance(seed)).ok());
  return record;
}

// Makes a blob look as if it had been put long ago.
void age(const std::string& folder, const std::string& sha256, std::int64_t modified) {
  const std::string path = folder + "/blobs/" + sha256.substr(0, 2) + "/" + sha256;
  const timespec times[2] = {{modified, 0}, {modified, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("an expired dance is deleted after an hour of uptime") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  const auto expired = put(*store, 1, kNow + 60), kept = put(*store, 2, kNow + 86400),
             endless = put(*store, 3, 0);
  Expiry expiry(*store->folder());
  Expiry::Uptime uptime{};
  CHECK(look(expiry, kNow, uptime) == 0);
  std::int64_t now = kNow + 61;
  for (int i = 0; i < 60; ++i, uptime += minutes(1), now += 60) {
    CHECK(look(expiry, now, uptime) == 0);
  }
  uptime += minutes(1);
  CHECK(look(expiry, now, uptime) == 1);
  CHECK(store->get(expired.id, kNow).error().code == ErrorCode::not_found);
  CHECK(store->get(kept.id, now).ok());
  CHECK(store->get(endless.id, now).ok());
}

TEST_CASE("a clock that jumps ten years ahead destroys nothing when it comes back") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  const auto record = put(*store, 1, kNow + 86400);
  Expiry::Uptime uptime{};
  for (int jump = 0; jump < 3; ++jump) {  // also the second and third time: the count begins anew
    Expiry expiry(*store->folder());
    for (int i = 0; i < 59; ++i, uptime += minutes(1)) {
      CHECK(look(expiry, kNow + kYears, uptime) == 0);
      if (i == 30) CHECK(store->get(record.id, kNow + kYears).error().code == ErrorCode::not_found);
    }
    CHECK(look(expiry, kNow, uptime) == 0);
    CHECK(store->get(record.id, kNow).ok());
  }
}

TEST_CASE("time without sweeps does not count, and restarts lose none of what counts") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  (void)put(*store, 1, kNow);
  Expiry::Uptime uptime{};
  {
    Expiry expiry(*store->folder());
    look(expiry, kNow + 1, uptime);
    CHECK(look(expiry, kNow + 1, uptime += minutes(600)) == 0);  // 5 minutes are counted
  }
  for (int restart = 0; restart < 13; ++restart) {
    Expiry expiry(*store->folder());
    look(expiry, kNow + 1, uptime);
    const auto deleted = look(expiry, kNow + 1, uptime += minutes(5));
    CHECK(deleted == (restart == 10 ? 1 : 0));  // 12 times 5 minutes
  }
}

TEST_CASE("blobs that nothing refers to are removed when they are old") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  const auto gone = put(*store, 1, 0), kept = put(*store, 2, 0), fresh = put(*store, 3, 0);
  const std::string result = *store->folder()->blobs().put(some_dance(4));
  {
    auto writing = store->folder()->write();
    auto insert = writing->database().prepare(
        "INSERT INTO renders (id, client, key, model, state, status, result_sha256, created, request) "
        "VALUES ('r', '', '', '', 'done', '', ?1, 0, '')");
    REQUIRE(insert->bind(std::string_view(result)).run().ok());
    REQUIRE(writing->commit().ok());
  }
  REQUIRE(store->remove(gone.id, gone.token_sha256).ok());
  REQUIRE(store->remove(fresh.id, fresh.token_sha256).ok());
  for (const std::uint64_t seed : {1, 2, 4}) age(folder.path(), sha256_hex(some_dance(seed)), kNow - 3700);
  age(folder.path(), sha256_hex(some_dance(3)), kNow - 3500);
  {
    const auto held = store->folder()->hold_blobs();  // as a backup does
    CHECK(native::collect_blobs(*store->folder(), kNow)->blobs == 0);
  }
  const auto collected = native::collect_blobs(*store->folder(), kNow);
  REQUIRE(collected.ok());
  CHECK(collected->blobs == 1);
  CHECK(collected->bytes == static_cast<std::int64_t>(some_dance(1).size()));
  CHECK_FALSE(store->folder()->blobs().has(sha256_hex(some_dance(1))));
  CHECK(store->folder()->blobs().has(sha256_hex(some_dance(3))));
  CHECK(store->folder()->blobs().has(result));
  CHECK(store->get(kept.id, kNow).ok());
}

TEST_CASE("collecting from another process never takes a blob that is being put") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  std::vector<std::vector<std::uint8_t>> files;
  for (std::uint64_t seed = 0; seed < 4; ++seed) files.push_back(some_dance(seed));
  std::atomic<bool> stop = false;
  std::atomic<int> removed = 0;
  std::thread collector([&] {
    auto beside = native::DataFolder::open_beside(folder.path());
    while (!stop && beside) {  // every orphan is old enough
      const auto collected = native::collect_blobs(**beside, native::unix_now() + 7200);
      if (collected) removed += static_cast<int>(collected->blobs);
    }
  });
  int lost = 0;
  for (int round = 0; round < 60; ++round) {
    const auto record = some_record(1);
    const auto& file = files[static_cast<std::size_t>(round % 4)];
    if (!store->put(record, file).ok() || !store->folder()->blobs().has(sha256_hex(file))) ++lost;
    (void)store->remove(record.id, record.token_sha256);
  }
  stop = true;
  collector.join();
  CHECK(lost == 0);
  MESSAGE("blobs removed meanwhile: " << removed.load());
}

TEST_CASE("the thread stops at once") {
  const test::TempFolder folder;
  auto store = store_to_clean(folder.path());
  const auto start = std::chrono::steady_clock::now();
  { const native::CleanupThread cleanup(store->folder()); }
  CHECK(std::chrono::steady_clock::now() - start < seconds(5));
}
