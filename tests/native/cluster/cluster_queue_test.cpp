#include "native/cluster/cluster_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "base/hash.h"
#include "native/io/id.h"
#include "nats_cluster.h"

using namespace terpsi;
using namespace terpsi::native;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<ClusterQueue> queue_of(const ClusterOptions& options) {
  auto queue = ClusterQueue::open(options);
  if (!queue) FAIL(queue.error().message);
  return std::move(*queue);
}

NewRender render_of(const std::string& client, const std::string& key = {}) {
  return {R"({"music":{}})", "teacher", client, key};
}

std::string submitted(RenderQueue& queue, const NewRender& render) {
  const auto id = queue.submit(render);
  if (!id) FAIL(id.error().message);
  return *id;
}

RenderJob taken(RenderQueue& queue, std::chrono::milliseconds wait = 10s) {
  auto job = queue.take(wait, "cpu");
  if (!job) FAIL(job.error().message);
  if (!*job) FAIL("no render came");
  return std::move(**job);
}

RenderStatus status_of(RenderQueue& queue, const std::string& id) {
  const auto status = queue.status(id);
  if (!status) FAIL(status.error().message);
  return *status;
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("garbage: malformed ids, jobs that were never taken") {
  TERPSI_NEEDS_NATS();
  const auto queue = queue_of(test::shared_cluster().site("queue"));
  for (const std::string& id :
       {std::string(), std::string("../../etc/passwd"), std::string("*"), std::string(">"),
        std::string(22, '.'), std::string("a b"), std::string(100000, 'a'), new_id()}) {
    CHECK(queue->status(id).error().code == ErrorCode::not_found);
    CHECK(queue->changes(id, 0, 10ms).error().code == ErrorCode::not_found);
    CHECK(queue->cancel(id).error().code == ErrorCode::not_found);
    CHECK(queue->result(id).error().code == ErrorCode::not_found);
  }
  const RenderJob job{new_id(), "", 1, 77};
  CHECK_FALSE(queue->progress(job, 0.5));
  CHECK(queue->finish(job, bytes_of("x")).error().code == ErrorCode::cancelled);
  CHECK(queue->fail(job, "timeout", "too slow").ok());
  CHECK(queue->give_back(job).ok());
  CHECK_FALSE(queue->take(200ms, "cpu")->has_value());
}

TEST_CASE("garbage: malformed records and statuses") {
  for (const char* text : {"", "{", "[]", "{}", "null", R"({"id":"x"})", R"({"id":"x","state":"lost"})",
                           R"({"id":7,"state":"done"})"}) {
    CHECK_FALSE(record_from_json(text).has_value());
  }
  RenderRecord record;
  record.status = {"anid", RenderState::failed, 0.25, 0, "gan", "cuda", 2, 5, 6, 7, "timeout", "too slow", 0};
  record.owner = "me";
  record.result = "there";
  record.message = 12;
  const auto again = record_from_json(record_to_json(record));
  REQUIRE(again);
  CHECK(record_to_json(*again) == record_to_json(record));
  const auto odd =
      record_from_json(R"({"id":"x","state":"done","progress":"y","attempts":-5,"message":-1,"model":3})");
  REQUIRE(odd);
  CHECK(odd->status.attempts == 0);
  CHECK(odd->message == 0);
}

TEST_CASE("a render is submitted, run and done, and another front end sees it all") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("queue");
  const auto front = queue_of(site), other = queue_of(site), worker = queue_of(site);
  CHECK(front->healthy());
  const std::string id = submitted(*front, render_of("me"));
  CHECK(is_id(id));
  const RenderStatus queued = status_of(*other, id);
  CHECK(queued.state == RenderState::queued);
  CHECK(queued.model == "teacher");
  CHECK(queued.created > 0);
  CHECK(queued.attempts == 0);
  CHECK(other->figures().queued == 1);
  CHECK(other->result(id).error().code == ErrorCode::not_found);

  // All that changes, as a stream of events has it.
  auto events = std::async(std::launch::async, [&] {
    std::vector<RenderStatus> seen;
    for (std::uint64_t after = 0; seen.empty() || !is_over(seen.back().state);) {
      const auto changes = other->changes(id, after, 5s);
      if (!changes) break;
      for (const RenderStatus& status : *changes) {
        seen.push_back(status);
        after = status.version;
      }
    }
    return seen;
  });

  const RenderJob job = taken(*worker);
  CHECK(job.id == id);
  CHECK(job.request == render_of("me").request);
  CHECK(job.attempt == 1);
  const RenderStatus running = status_of(*other, id);
  CHECK(running.state == RenderState::running);
  CHECK(running.device == "cpu");
  CHECK(running.started > 0);
  CHECK(running.version > queued.version);
  CHECK(worker->figures().running == 1);

  CHECK(worker->progress(job, 0.1));
  std::this_thread::sleep_for(600ms);
  CHECK(worker->progress(job, 0.5));
  CHECK(status_of(*front, id).progress == doctest::Approx(0.5));
  REQUIRE(worker->finish(job, bytes_of("a dance")).ok());

  CHECK(text_of(*other->result(id)) == "a dance");
  const RenderStatus done = status_of(*other, id);
  CHECK(done.state == RenderState::done);
  CHECK(done.progress == 1);
  CHECK(done.finished > 0);
  const auto seen = events.get();
  REQUIRE(seen.size() >= 2);
  CHECK(seen.back().state == RenderState::done);
  CHECK(std::is_sorted(seen.begin(), seen.end(),
                       [](const auto& a, const auto& b) { return a.version < b.version; }));
  CHECK(std::any_of(seen.begin(), seen.end(), [](const auto& s) { return s.state == RenderState::running; }));

  // Events again from any of them, as Last-Event-ID asks for.
  CHECK(front->changes(id, running.version, 0ms)->size() == 1);
  CHECK(front->changes(id, done.version, 10s)->empty());  // at once: nothing more will come
  CHECK(front->cancel(id).ok());
  CHECK(status_of(*front, id).state == RenderState::done);
  CHECK_FALSE(worker->progress(job, 0.7));
  CHECK_FALSE(worker->take(200ms, "cpu")->has_value());
}

TEST_CASE("changes are reported as they happen") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("queue");
  const auto front = queue_of(site), worker = queue_of(site);
  const std::string id = submitted(*front, render_of("me"));
  const std::uint64_t version = status_of(*front, id).version;
  auto waiting = std::async(std::launch::async, [&] {
    auto changes = front->changes(id, version, 20s);
    return std::pair(std::chrono::steady_clock::now(), std::move(changes));
  });
  std::this_thread::sleep_for(300ms);
  const auto before = std::chrono::steady_clock::now();
  const RenderJob job = taken(*worker);
  const auto [when, changes] = waiting.get();
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().state == RenderState::running);
  CHECK(when - before < 1s);
  CHECK(worker->fail(job, "timeout", "it took too long").ok());
  const RenderStatus failed = status_of(*front, id);
  CHECK(failed.state == RenderState::failed);
  CHECK(failed.error_code == "timeout");
  CHECK(failed.error == "it took too long");
}

TEST_CASE("cancel: while it waits, and while it runs") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("queue");
  const auto front = queue_of(site), worker = queue_of(site);
  const std::string waiting = submitted(*front, render_of("me"));
  REQUIRE(front->cancel(waiting).ok());
  CHECK(status_of(*front, waiting).state == RenderState::cancelled);
  CHECK(front->figures().queued == 0);
  CHECK_FALSE(worker->take(300ms, "cpu")->has_value());

  const std::string running = submitted(*front, render_of("me"));
  const RenderJob job = taken(*worker);
  CHECK(worker->progress(job, 0.1));
  REQUIRE(front->cancel(running).ok());
  const auto since = std::chrono::steady_clock::now();
  while (worker->progress(job, 0.2) && std::chrono::steady_clock::now() - since < 5s)
    std::this_thread::sleep_for(10ms);
  CHECK(std::chrono::steady_clock::now() - since < 1s);
  CHECK(worker->finish(job, bytes_of("late")).error().code == ErrorCode::cancelled);
  CHECK(status_of(*front, running).state == RenderState::cancelled);
  CHECK(front->result(running).error().code == ErrorCode::not_found);
  CHECK_FALSE(worker->take(1500ms, "cpu")->has_value());  // also not after the worker's silence
}

TEST_CASE("a worker vanishes: another one does it, and the first one's late result does not count twice") {
  TERPSI_NEEDS_NATS();
  ClusterOptions site = test::shared_cluster().site("vanish");
  site.max_per_client = 3;
  const auto front = queue_of(site);
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(submitted(*front, render_of("me")));
  {
    const auto dead = queue_of(site);
    for (int i = 0; i < 3; ++i) CHECK(taken(*dead).attempt == 1);
  }
  const auto slow = queue_of(site), quick = queue_of(site);
  std::map<std::string, RenderJob> first, second;
  for (int i = 0; i < 3; ++i) {
    const RenderJob job = taken(*slow);  // and says nothing for too long
    CHECK(job.attempt == 2);
    first[job.id] = job;
  }
  for (int i = 0; i < 3; ++i) {
    const RenderJob job = taken(*quick);
    CHECK(job.attempt == 3);
    second[job.id] = job;
    CHECK(quick->progress(job, 0.3));
  }
  REQUIRE(first.size() == 3);
  REQUIRE(second.size() == 3);

  // The one that holds it ends first.
  REQUIRE(quick->finish(second[ids[0]], bytes_of("second")).ok());
  CHECK(slow->finish(first[ids[0]], bytes_of("first")).ok());  // done is done
  CHECK(text_of(*front->result(ids[0])) == "second");
  // The late one ends first.
  REQUIRE(slow->finish(first[ids[1]], bytes_of("first")).ok());
  CHECK(quick->finish(second[ids[1]], bytes_of("second")).ok());
  CHECK(text_of(*front->result(ids[1])) == "first");
  // The late one asks.
  CHECK_FALSE(slow->progress(first[ids[2]], 0.4));
  CHECK(slow->give_back(first[ids[2]]).ok());
  CHECK(slow->fail(first[ids[2]], "timeout", "late").ok());
  CHECK(slow->finish(first[ids[2]], bytes_of("first")).error().code == ErrorCode::cancelled);
  REQUIRE(quick->finish(second[ids[2]], bytes_of("second")).ok());
  CHECK(text_of(*front->result(ids[2])) == "second");

  for (const std::string& id : ids) CHECK(status_of(*front, id).state == RenderState::done);
  CHECK_FALSE(quick->take(1500ms, "cpu")->has_value());
}

TEST_CASE("progress keeps a render for as long as it takes") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("queue");
  const auto front = queue_of(site), worker = queue_of(site), idle = queue_of(site);
  const std::string id = submitted(*front, render_of("me"));
  const RenderJob job = taken(*worker);
  auto second = std::async(std::launch::async, [&] { return idle->take(2500ms, "cpu"); });
  for (int i = 0; i < 6; ++i) {
    CHECK(worker->progress(job, 0.1));  // the same again: it only says that it lives
    std::this_thread::sleep_for(500ms);
  }
  CHECK_FALSE(second.get()->has_value());
  CHECK(worker->finish(job, bytes_of("x")).ok());
}

TEST_CASE("a render whose workers all die goes to the dead letters") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("dead");
  const auto front = queue_of(site);
  const std::string id = submitted(*front, render_of("me"));
  {
    const auto worker = queue_of(site);
    CHECK(worker->give_back(taken(*worker)).ok());  // the worker lives: this does not count
    CHECK(status_of(*front, id).state == RenderState::queued);
  }
  for (int attempt = 1; attempt <= limits::kMaxRenderAttempts; ++attempt) {
    const auto worker = queue_of(site);
    CHECK(taken(*worker).attempt == attempt);
  }
  const auto worker = queue_of(site);
  CHECK_FALSE(worker->take(1500ms, "cpu")->has_value());
  const RenderStatus status = status_of(*front, id);
  CHECK(status.state == RenderState::failed);
  CHECK(status.error_code == "gave_up");
  CHECK(status.attempts == limits::kMaxRenderAttempts);
  CHECK(front->figures().queued + front->figures().running == 0);

  const auto cluster = Cluster::connect(site);
  REQUIRE(cluster);
  natsMsg* letter = nullptr;
  const std::string subject = "dead.dead." + id;
  REQUIRE(js_GetLastMsg(&letter, (*cluster)->jetstream(), "DEAD_DEAD", subject.c_str(), nullptr, nullptr) ==
          NATS_OK);
  const MessageHandle owner(letter);
  CHECK(std::string(natsMsg_GetData(letter), static_cast<std::size_t>(natsMsg_GetDataLength(letter))) ==
        render_of("me").request);
  const char* attempts = nullptr;
  REQUIRE(natsMsgHeader_Get(letter, "Terpsi-Attempts", &attempts) == NATS_OK);
  CHECK(std::string(attempts) == std::to_string(limits::kMaxRenderAttempts));
}

TEST_CASE("limits: of everybody and of each client, whichever front end they ask") {
  TERPSI_NEEDS_NATS();
  ClusterOptions site = test::shared_cluster().site("limits");
  site.max_queued = 3;
  site.max_per_client = 2;
  const auto one = queue_of(site), two = queue_of(site);
  const std::string first = submitted(*one, render_of("a"));
  const std::string second = submitted(*two, render_of("a"));
  CHECK(status_of(*one, second).position == 1);
  const auto third = one->submit(render_of("a"));
  REQUIRE_FALSE(third);
  CHECK(third.error().code == ErrorCode::busy);
  CHECK(third.error().message.find("you have 2") != std::string::npos);
  CHECK(two->submit(render_of("a")).error().code == ErrorCode::busy);

  const std::string others = submitted(*one, render_of("b"));
  const auto full = two->submit(render_of("c"));
  REQUIRE_FALSE(full);
  CHECK(full.error().code == ErrorCode::busy);
  CHECK(full.error().message.find("full") != std::string::npos);

  REQUIRE(two->cancel(first).ok());
  const std::string again = submitted(*one, render_of("a"));
  const RenderJob job = taken(*two);
  CHECK(job.id == second);
  CHECK(one->submit(render_of("a")).error().code == ErrorCode::busy);  // one waits, one runs
  REQUIRE(two->finish(job, bytes_of("x")).ok());
  submitted(*two, render_of("a"));
}

TEST_CASE("the stream itself has an end, also for a front end that allows more") {
  TERPSI_NEEDS_NATS();
  ClusterOptions site = test::shared_cluster().site("full");
  site.max_queued = 1;
  const auto strict = queue_of(site);  // makes the stream
  site.max_queued = 1000;
  site.max_per_client = 1000;
  const auto generous = queue_of(site);
  const auto cluster = Cluster::connect(site);
  REQUIRE(cluster);
  for (int i = 0; i < 257; ++i) {
    const std::string subject = "full.renders." + new_id();
    jsPubAck* ack = nullptr;
    const natsStatus published =
        js_Publish(&ack, (*cluster)->jetstream(), subject.c_str(), "{}", 2, nullptr, nullptr);
    jsPubAck_Destroy(ack);
    REQUIRE(published == NATS_OK);
  }
  const auto refused = generous->submit(render_of("me", "key"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(refused.error().message.find("full") != std::string::npos);
  CHECK(generous->submit(render_of("me", "key")).error().code == ErrorCode::busy);  // nothing was left behind
}

TEST_CASE("an Idempotency-Key is one render, for one client, with one request") {
  TERPSI_NEEDS_NATS();
  const ClusterOptions site = test::shared_cluster().site("keys");
  const auto one = queue_of(site), two = queue_of(site);
  const std::string id = submitted(*one, render_of("a", "k"));
  CHECK(submitted(*two, render_of("a", "k")) == id);
  CHECK(submitted(*two, render_of("b", "k")) != id);
  NewRender different = render_of("a", "k");
  different.request = "{}";
  CHECK(one->submit(different).error().code == ErrorCode::invalid_argument);
  CHECK(one->figures().queued == 2);

  // Many at once are still one.
  std::vector<std::future<Result<std::string>>> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(std::async(std::launch::async,
                             [&, i] { return (i % 2 == 0 ? one : two)->submit(render_of("c", "x")); }));
  }
  std::set<std::string> ids;
  for (auto& each : all) {
    const auto got = each.get();
    REQUIRE_MESSAGE(got, got.error().message);
    ids.insert(*got);
  }
  CHECK(ids.size() == 1);
  std::this_thread::sleep_for(400ms);  // figures may be as old
  CHECK(one->figures().queued == 3);
  const RenderJob job = taken(*two);
  REQUIRE(two->finish(job, bytes_of("x")).ok());
  CHECK(submitted(*one, render_of("a", "k")) == id);  // also when it is over
}

TEST_CASE("a request or a result larger than the servers take is refused with what to do") {
  TERPSI_NEEDS_NATS();
  const auto queue = queue_of(test::shared_cluster().site("queue"));
  NewRender large = render_of("me");
  large.request.assign(9u << 20, ' ');
  const auto refused = queue->submit(large);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::too_large);
  CHECK(refused.error().message.find("max_payload") != std::string::npos);
  const std::string large_one = submitted(*queue, render_of("me"));
  CHECK(queue->finish(taken(*queue), std::vector<std::uint8_t>(9u << 20)).error().code ==
        ErrorCode::too_large);
  CHECK(status_of(*queue, large_one).error_code == "too_large");
  const std::string id = submitted(*queue, render_of("me"));
  const RenderJob job = taken(*queue);
  const std::vector<std::uint8_t> dance(4u << 20, 7);
  REQUIRE(queue->finish(job, dance).ok());
  CHECK(*queue->result(id) == dance);
}
