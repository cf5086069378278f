// Servers die and return under load: nothing acknowledged is lost, and every render finishes once.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/hash.h"
#include "native/cluster/cluster.h"
#include "native/io/id.h"
#include "nats_cluster.h"

using namespace terpsi;
using namespace terpsi::native;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

template <class T>
std::unique_ptr<T> opened(Result<std::unique_ptr<T>> made) {
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

std::string text_from(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

// What went wrong in threads; doctest counts in one.
struct Troubles {
  std::mutex mutex;
  std::vector<std::string> all;
  void add(const std::string& what) {
    const std::lock_guard lock(mutex);
    all.push_back(what);
  }
  std::string text() {
    std::string text;
    for (const std::string& one : all) text += one + "\n";
    return text;
  }
};

}  // namespace

TEST_CASE("any server and some workers are killed while dances are put and renders run") {
  TERPSI_NEEDS_NATS();
  test::NatsCluster nats;
  REQUIRE_MESSAGE(nats.wait(), nats.log(0));
  ClusterOptions site = nats.site("site");
  site.max_queued = site.max_per_client = 1000;
  const auto front = opened(open_cluster_queue(site)), other = opened(open_cluster_queue(site));
  const auto store = opened(open_cluster_store(site));

  Troubles troubles;
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::map<std::string, std::string> dances;  // acknowledged ones: id, file
  std::vector<std::string> renders;           // acknowledged ones

  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    for (int i = 0; !stop; ++i) {
      DanceRecord record;
      record.id = new_id();
      record.token_sha256 = std::string(64, 'a');
      const std::string file = "dance " + std::to_string(i) + std::string(20000, 'x');
      if (auto put = store->put(record, bytes_of(file)); !put) {
        troubles.add("put: " + put.error().message);
      } else {
        const std::lock_guard lock(mutex);
        dances[record.id] = file;
      }
      std::this_thread::sleep_for(20ms);
    }
  });
  for (int client = 0; client < 4; ++client) {
    threads.emplace_back([&, client] {
      for (int i = client; !stop; i += 4) {
        const auto id = (i % 2 == 0 ? front : other)
                            ->submit({"{\"song\":" + std::to_string(i) + "}", "teacher", "me", {}});
        if (!id) {
          troubles.add("submit: " + id.error().message);
        } else {
          const std::lock_guard lock(mutex);
          renders.push_back(*id);
        }
        std::this_thread::sleep_for(100ms);
      }
    });
  }
  std::atomic<bool> work{true};
  std::atomic<int> dying{0};  // workers that are to die in the middle of a render
  for (int worker = 0; worker < 3; ++worker) {
    threads.emplace_back([&] {
      while (work) {
        const auto queue = open_cluster_queue(site);
        if (!queue) return troubles.add("worker: " + queue.error().message);
        for (bool lives = true; lives && work;) {
          const auto job = (*queue)->take(300ms, "cpu");
          if (!job) troubles.add("take: " + job.error().message);
          if (!job || !*job) continue;
          bool mine = true;
          for (int step = 1; step <= 4 && mine && lives; ++step) {
            std::this_thread::sleep_for(20ms);
            mine = (*queue)->progress(**job, step / 4.0);
            if (step == 2 && dying > 0 && --dying >= 0) lives = false;
          }
          if (!mine || !lives) continue;
          (void)(*queue)->finish(**job, bytes_of("dance of " + (*job)->request));
        }
      }
    });
  }

  const std::size_t victim = static_cast<std::size_t>(Clock::now().time_since_epoch().count()) % nats.size();
  CAPTURE(victim);
  std::this_thread::sleep_for(1500ms);
  dying = 1;
  std::this_thread::sleep_for(200ms);
  nats.kill_node(victim);
  dying = 1;
  std::this_thread::sleep_for(3s);
  nats.start(victim);
  dying = 1;
  std::this_thread::sleep_for(1s);
  stop = true;
  for (std::size_t i = 0; i < 5; ++i) threads[i].join();

  // All renders end.
  const auto deadline = Clock::now() + 30s;
  std::map<std::string, std::uint64_t> over;  // versions
  for (const std::string& id : renders) {
    for (;;) {
      const auto status = other->status(id);
      if (!status) {
        troubles.add("status: " + status.error().message);
        break;
      }
      if (status->state == RenderState::done) {
        over[id] = status->version;
        break;
      }
      if (is_over(status->state) || Clock::now() >= deadline) {
        troubles.add("render " + std::string(name_of(status->state)) + ": " + status->error);
        break;
      }
      (void)other->changes(id, status->version, 1s);
    }
  }
  work = false;
  for (std::size_t i = 5; i < threads.size(); ++i) threads[i].join();
  CHECK_MESSAGE(troubles.all.empty(), troubles.text());
  CHECK(renders.size() >= 20);
  CHECK(over.size() == renders.size());
  std::set<std::string> results;
  for (const std::string& id : renders) {
    const auto result = front->result(id);
    REQUIRE_MESSAGE(result, result.error().message);
    results.insert(text_from(*result));
    const auto status = other->status(id);
    REQUIRE_MESSAGE(status, status.error().message);
    CHECK(status->version == over[id]);  // over once, and not again
  }
  CHECK(results.size() == renders.size());

  CHECK(dances.size() >= 20);
  const auto fresh = opened(open_cluster_store(site));
  for (const auto& [id, file] : dances) {
    const auto dance = fresh->get(id, unix_now());
    REQUIRE_MESSAGE(dance, dance.error().message);
    CHECK(text_from(*dance->file) == file);
  }
  MESSAGE("server ", victim + 1, " killed: ", dances.size(), " dances, ", renders.size(), " renders");
}

TEST_CASE("all servers are away: calls say so, soon do so at once, and work again when the servers return") {
  TERPSI_NEEDS_NATS();
  test::NatsCluster nats({.nodes = 1});
  REQUIRE(nats.wait());
  ClusterOptions site = nats.site("site");
  site.patience = 3s;
  const auto queue = opened(open_cluster_queue(site));
  const auto store = opened(open_cluster_store(site));
  const auto id = queue->submit({"{}", "teacher", "me", {}});
  REQUIRE(id);
  DanceRecord record;
  record.id = new_id();
  record.token_sha256 = std::string(64, 'a');
  REQUIRE(store->put(record, bytes_of("a dance")).ok());
  CHECK(queue->healthy());

  nats.kill_node(0);
  auto since = Clock::now();
  CHECK(queue->status(*id).error().code == ErrorCode::io);
  CHECK(Clock::now() - since < 5s);
  since = Clock::now();
  CHECK(queue->status(*id).error().code == ErrorCode::io);
  CHECK(queue->submit({"{}", "teacher", "you", {}}).error().code == ErrorCode::io);
  CHECK(Clock::now() - since < 3s);
  CHECK(store->get(new_id(), 0).error().code == ErrorCode::io);
  CHECK_FALSE(queue->healthy());
  CHECK_FALSE(store->healthy());

  nats.start(0);
  for (since = Clock::now(); !queue->status(*id) && Clock::now() - since < 10s;)
    std::this_thread::sleep_for(50ms);
  CHECK(queue->status(*id)->state == RenderState::queued);
  const auto job = queue->take(5s, "cpu");
  REQUIRE(job);
  REQUIRE(*job);
  CHECK((*job)->id == *id);
  CHECK(queue->finish(**job, bytes_of("x")).ok());
  const auto dance = store->get(record.id, 0);
  REQUIRE(dance);
  CHECK(text_from(*dance->file) == "a dance");
}
