#include "native/cluster/cluster_store.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "base/hash.h"
#include "native/io/id.h"
#include "nats_cluster.h"

using namespace terpsi;
using namespace terpsi::native;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<ClusterStore> store_of(const ClusterOptions& options) {
  auto store = ClusterStore::open(options);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

DanceRecord record_of(const std::string& id, std::int64_t expires = 0) {
  DanceRecord record;
  record.id = id;
  record.token_sha256 = std::string(64, 'a');
  record.title = "<b>Waltz</b> \xE2\x99\xAA";
  record.frames = 900;
  record.created = 1000;
  record.expires = expires;
  return record;
}

std::vector<std::uint8_t> file_of(std::size_t size, std::uint8_t first) {
  std::vector<std::uint8_t> file(size, 3);
  if (size > 0) file[0] = first;
  return file;
}

}  // namespace

TEST_CASE("garbage: malformed ids") {
  TERPSI_NEEDS_NATS();
  const auto store = store_of(test::shared_cluster().site("store"));
  for (const std::string& id :
       {std::string(), std::string("../../etc/passwd"), std::string("*"), std::string(">"),
        std::string(22, '.'), std::string(22, ' '), std::string(100000, 'a'), new_id()}) {
    CHECK(store->get(id, 0).error().code == ErrorCode::not_found);
    CHECK(store->remove(id, std::string(64, 'a')).error().code == ErrorCode::not_found);
    if (!is_id(id))
      CHECK(store->put(record_of(id), file_of(3, 1)).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("a dance kept by one front end is there for another, and gone when removed") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("store");
  const auto one = store_of(site), two = store_of(site);
  CHECK(one->healthy());
  const std::string id = new_id();
  const auto file = file_of(200000, 1);
  REQUIRE(one->put(record_of(id), file).ok());
  REQUIRE(one->put(record_of(id), file).ok());  // a retry
  CHECK(two->put(record_of(id), file_of(200000, 2)).error().code == ErrorCode::invalid_argument);
  for (const auto* store : {&one, &two}) {
    const auto dance = (*store)->get(id, 1000);
    REQUIRE(dance);
    CHECK(*dance->file == file);
    CHECK(dance->record.sha256 == sha256_hex(file));
    CHECK(dance->record.bytes == 200000);
    CHECK(dance->record.title == record_of(id).title);
    CHECK(dance->record.frames == 900);
    CHECK(dance->record.created == 1000);
  }
  CHECK(two->remove(id, std::string(64, 'b')).error().code == ErrorCode::denied);
  REQUIRE(two->remove(id, std::string(64, 'a')).ok());
  CHECK(two->get(id, 1000).error().code == ErrorCode::not_found);
  CHECK(two->remove(id, std::string(64, 'a')).error().code == ErrorCode::not_found);
  std::this_thread::sleep_for(1s);
  CHECK(one->get(id, 1000).error().code == ErrorCode::not_found);
}

TEST_CASE("a dance ends at the second it expires") {
  TERPSI_NEEDS_NATS();
  const auto store = store_of(test::shared_cluster().site("store"));
  const std::string id = new_id();
  REQUIRE(store->put(record_of(id, 5000), file_of(10, 1)).ok());
  CHECK(store->get(id, 4999).ok());
  CHECK(store->get(id, 5000).error().code == ErrorCode::not_found);
}

TEST_CASE("files up to what a dance may have, and those the servers do not take") {
  TERPSI_NEEDS_NATS();
  ClusterOptions site = test::shared_cluster().site("size");
  site.cache_bytes = 1u << 20;  // so that it is read again
  const auto store = store_of(site);
  const std::string id = new_id(), empty = new_id();
  const auto largest = file_of(limits::kMaxDanceFileBytes, 9);
  REQUIRE(store->put(record_of(id), largest).ok());
  CHECK(*store->get(id, 0)->file == largest);
  const auto refused = store->put(record_of(new_id()), file_of(8u << 20, 1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::too_large);
  CHECK(refused.error().message.find("max_payload: 8MB") != std::string::npos);
  REQUIRE(store->put(record_of(empty), {}).ok());
  CHECK(store->get(empty, 0)->file->empty());
}

TEST_CASE("what lies damaged is not given out") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("store");
  const std::string id = new_id();
  const auto file = file_of(1000, 1);
  REQUIRE(store_of(site)->put(record_of(id), file).ok());
  const auto cluster = Cluster::connect(site);
  REQUIRE(cluster);
  const auto blobs = Bucket::open(*cluster, "blobs", {.quick = true});
  auto flipped = file;
  flipped[500] ^= 1;
  REQUIRE(blobs->put(sha256_hex(file), {reinterpret_cast<const char*>(flipped.data()), flipped.size()}));
  const auto store = store_of(site);
  CHECK(store->get(id, 0).error().code == ErrorCode::bad_format);
  const auto dances = Bucket::open(*cluster, "dances", {.quick = true});
  REQUIRE(dances->put(id, "{\"id\":"));
  CHECK(store_of(site)->get(id, 0).error().code == ErrorCode::not_found);
}

TEST_CASE("cleaning removes dances that expired long ago and unused files, nothing else") {
  TERPSI_NEEDS_NATS();
  ClusterOptions site = test::shared_cluster().site("cleaning");
  site.cleaning_patience = 1s;
  const auto store = store_of(site);
  const std::string stays = new_id(), ends = new_id(), twin = new_id(), removed = new_id();
  const auto shared = file_of(100, 1);
  REQUIRE(store->put(record_of(stays), shared).ok());
  REQUIRE(store->put(record_of(twin, 2000), shared).ok());
  REQUIRE(store->put(record_of(ends, 2000), file_of(100, 2)).ok());
  REQUIRE(store->put(record_of(removed), file_of(100, 3)).ok());
  REQUIRE(store->remove(removed, std::string(64, 'a')).ok());
  auto cleaned = store->clean(9000);
  REQUIRE_MESSAGE(cleaned, cleaned.error().message);
  CHECK(cleaned->dances == 0);  // only just seen
  CHECK(cleaned->files == 0);
  CHECK(store->clean(1000)->dances == 0);  // the clock went back: not expired after all
  CHECK(store->get(ends, 1999).ok());
  std::this_thread::sleep_for(1050ms);
  cleaned = store->clean(9000);
  REQUIRE(cleaned);
  CHECK(cleaned->dances == 0);  // only just seen again
  CHECK(cleaned->files == 1);   // of the removed one
  std::this_thread::sleep_for(1050ms);
  cleaned = store->clean(9000);
  REQUIRE(cleaned);
  CHECK(cleaned->dances == 2);
  CHECK(cleaned->files == 0);  // in use when it looked
  CHECK(store->clean(9000)->files == 0);
  std::this_thread::sleep_for(1050ms);
  CHECK(store->clean(9000)->files == 1);
  CHECK(store_of(site)->get(stays, 9000).ok());
  CHECK(store_of(site)->get(ends, 0).error().code == ErrorCode::not_found);

  const auto cluster = Cluster::connect(site);
  REQUIRE(cluster);
  const auto blobs = Bucket::open(*cluster, "blobs", {.quick = true});
  CHECK(blobs->list(false)->size() == 1);
}
