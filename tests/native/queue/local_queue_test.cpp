#include "native/queue/local_queue.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <thread>

#include "native/io/id.h"
#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::native;
using std::chrono::milliseconds;

namespace {

struct Fixture {
  test::TempFolder folder;
  std::unique_ptr<DataFolder> data;
  std::unique_ptr<LocalQueue> queue;

  explicit Fixture(LocalQueueOptions options = {}) { open(options); }
  void open(LocalQueueOptions options = {}) {
    queue.reset();
    data.reset();
    auto opened = DataFolder::open(folder / "data");
    REQUIRE_MESSAGE(opened, opened.error().message);
    data = std::move(*opened);
    auto local = LocalQueue::open(*data, options);
    REQUIRE(local);
    queue = std::move(*local);
  }
  std::string submit(const std::string& client = "a", const std::string& key = "") const {
    auto id = queue->submit({"{}", "student", client, key});
    REQUIRE_MESSAGE(id, id.error().message);
    return *id;
  }
  RenderJob take() const {
    auto job = queue->take(milliseconds(0), "a device");
    REQUIRE(job);
    REQUIRE(job->has_value());
    return **job;
  }
  RenderStatus status(const std::string& id) const {
    auto status = queue->status(id);
    REQUIRE(status);
    return *status;
  }
};

const std::vector<std::uint8_t> kDance = {1, 2, 3};

}  // namespace

TEST_CASE("local queue: what is not there is not found") {
  const Fixture f;
  for (const std::string& id : {std::string(), std::string("../../etc/passwd"), new_id()}) {
    CHECK(f.queue->status(id).error().code == ErrorCode::not_found);
    CHECK(f.queue->changes(id, 0, milliseconds(0)).error().code == ErrorCode::not_found);
    CHECK(f.queue->cancel(id).error().code == ErrorCode::not_found);
    CHECK(f.queue->result(id).error().code == ErrorCode::not_found);
    CHECK(!f.queue->progress({id, {}, 1, 0}, 0.5));
  }
  CHECK(!f.queue->take(milliseconds(0), "x")->has_value());
}

TEST_CASE("local queue: a render waits, runs, is done, and its versions grow") {
  const Fixture f;
  const auto first = f.submit("a"), second = f.submit("b");
  CHECK(f.status(first).position == 0);
  CHECK(f.status(second).position == 1);
  CHECK(f.queue->result(first).error().code == ErrorCode::not_found);
  const auto job = f.take();
  CHECK(job.id == first);
  CHECK(job.request == "{}");
  CHECK(f.status(first).state == RenderState::running);
  CHECK(f.status(first).device == "a device");
  CHECK(f.status(second).position == 0);
  const auto before = f.status(first).version;
  CHECK(f.queue->progress(job, 0.5));
  const auto changes = f.queue->changes(first, before, milliseconds(0));
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().progress == 0.5);
  CHECK(f.queue->changes(first, changes->front().version, milliseconds(10))->empty());
  CHECK(f.queue->finish(job, kDance));
  CHECK(f.status(first).state == RenderState::done);
  CHECK(*f.queue->result(first) == kDance);
  CHECK(f.queue->fail(job, "late", "too late"));  // it is over: nothing changes
  CHECK(f.status(first).state == RenderState::done);
  CHECK(f.queue->figures().queued == 1);
}

TEST_CASE("local queue: who waits for a change is woken by it") {
  const Fixture f;
  const auto id = f.submit();
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(f.queue->cancel(id));
  });
  const auto changes = f.queue->changes(id, f.status(id).version, milliseconds(5000));
  later.join();
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().state == RenderState::cancelled);
}

TEST_CASE("local queue: a cancelled render stops, and its result is not taken") {
  const Fixture f;
  const auto queued = f.submit("a"), running = f.submit("b");
  CHECK(f.queue->cancel(queued));
  const auto job = f.take();
  CHECK(job.id == running);
  CHECK(f.queue->cancel(running));
  CHECK(!f.queue->progress(job, 0.1));
  CHECK(f.queue->finish(job, kDance));
  CHECK(f.status(running).state == RenderState::cancelled);
  CHECK(f.queue->result(running).error().code == ErrorCode::not_found);
}

TEST_CASE("local queue: limits of all and of each client") {
  const Fixture f({.max_queued = 3, .max_per_client = 2});
  f.submit("a");
  f.submit("a");
  const auto third = f.queue->submit({"{}", "student", "a", ""});
  REQUIRE(!third);
  CHECK(third.error().code == ErrorCode::busy);
  f.submit("b");
  CHECK(f.queue->submit({"{}", "student", "c", ""}).error().code == ErrorCode::busy);
  const auto job = f.take();
  CHECK(f.queue->submit({"{}", "student", "a", ""}).error().code ==
        ErrorCode::busy);  // running counts as his
  CHECK(f.queue->submit({"{}", "student", "c", ""}));
  CHECK(f.queue->finish(job, kDance));
}

TEST_CASE("local queue: the same key is the same render, also after a restart") {
  Fixture f;
  const auto id = f.submit("a", "key");
  CHECK(f.submit("a", "key") == id);
  CHECK(f.submit("b", "key") != id);
  const auto other = f.queue->submit({"{\"x\":1}", "student", "a", "key"});
  REQUIRE(!other);
  CHECK(other.error().code == ErrorCode::invalid_argument);
  f.open();
  CHECK(f.submit("a", "key") == id);
}

TEST_CASE("local queue: a restart keeps what was accepted and what was made") {
  Fixture f;
  const auto done = f.submit("a"), running = f.submit("b"), waiting = f.submit("c");
  CHECK(f.queue->finish(f.take(), kDance));
  const auto job = f.take();
  CHECK(f.queue->progress(job, 0.9));
  const auto version = f.status(running).version;
  f.open();
  CHECK(f.status(done).state == RenderState::done);
  CHECK(*f.queue->result(done) == kDance);
  CHECK(f.status(running).state == RenderState::queued);
  CHECK(f.status(running).version > version);
  CHECK(f.status(running).position == 0);
  CHECK(f.status(waiting).position == 1);
  CHECK(f.take().attempt == 2);
}

TEST_CASE("local queue: a render that ends the server again and again is given up") {
  Fixture f;
  const auto id = f.submit();
  for (int i = 0; i < limits::kMaxRenderAttempts; ++i) {
    CHECK(f.take().id == id);
    f.open();
  }
  CHECK(!f.queue->take(milliseconds(0), "x")->has_value());
  CHECK(f.status(id).state == RenderState::failed);
  CHECK(f.status(id).error_code == "gave_up");
}

TEST_CASE("local queue: a render that is given back waits again and loses no attempt") {
  const Fixture f;
  const auto id = f.submit();
  for (int i = 0; i < 5; ++i) {
    const auto job = f.take();
    CHECK(job.attempt == 1);
    CHECK(f.queue->give_back(job));
    CHECK(f.status(id).state == RenderState::queued);
  }
}

TEST_CASE("local queue: what has been over for long is forgotten") {
  Fixture f({.kept = std::chrono::seconds(0)});
  const auto old = f.submit("a"), young = f.submit("b");
  CHECK(f.queue->finish(f.take(), kDance));
  std::this_thread::sleep_for(milliseconds(5));
  CHECK(f.queue->forget_old());
  CHECK(f.queue->status(old).error().code == ErrorCode::not_found);
  CHECK(f.status(young).state == RenderState::queued);
  f.open();
  CHECK(f.queue->status(old).error().code == ErrorCode::not_found);
}

TEST_CASE("local queue: a database that another process holds is busy, and loses nothing") {
  const Fixture f;
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(f.data->database_path().c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto refused = f.queue->submit({"{}", "student", "a", ""});
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(!f.queue->healthy());
  CHECK(f.queue->figures().queued == 0);
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  f.submit();
  CHECK(f.queue->healthy());
}
