#include "native/cluster/cluster_queue.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kConsumer = "workers";
constexpr int kTries = 50;                       // of a change against those of others
constexpr std::int64_t kHeadroom = 256;          // messages of running renders beside the waiting ones
constexpr std::string_view kKeySlot = "key.";    // submissions with one key count once, also several at once
constexpr std::int64_t kUnfinishedSeconds = 60;  // a submission not completed by then never will be
constexpr seconds kDeadKept{7 * 24 * 3600};
constexpr std::int64_t kMaxDead = 1000;
constexpr std::size_t kMessageOverhead = 1024;  // subject and headers
constexpr milliseconds kFetch{2000};            // a request for work; those a dead server holds are lost
constexpr milliseconds kAskAgain{2000};         // announcements may be missed
constexpr milliseconds kDepthKept{300};         // figures may be as old
constexpr milliseconds kProgressEvery{500};
constexpr milliseconds kProgressWait{500};
constexpr std::uint64_t kUnknownDeliveries = 5;  // of a render whose status cannot be found

Error unknown_render() {
  return {ErrorCode::not_found, "no such render: it never was, or its time is over"};
}

Error other_key() {
  return {ErrorCode::invalid_argument,
          "this Idempotency-Key was used for another request within a day; use a new one for a new request"};
}

std::string last_token(const char* subject) {
  const std::string text = subject;
  return text.substr(text.rfind('.') + 1);
}

// An Idempotency-Key's entry.
struct Claim {
  std::string id, request_sha256;
};
std::string claim_to_json(const Claim& claim) {
  return nlohmann::json{{"id", claim.id}, {"request", claim.request_sha256}}.dump();
}
std::optional<Claim> claim_from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string() || !json.contains("request") ||
      !json["request"].is_string()) {
    return std::nullopt;
  }
  return Claim{json["id"].get<std::string>(), json["request"].get<std::string>()};
}

Status make_stream(const Cluster& cluster, const std::string& what,
                   const std::function<void(jsStreamConfig&)>& set) {
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const std::string name = cluster.stream(what), subjects = cluster.subject(what) + ".*";
  const char* subject = subjects.c_str();
  config.Name = name.c_str();
  config.Subjects = &subject;
  config.SubjectsLen = 1;
  set(config);
  return cluster.make_stream(config);
}

Status make_dead(const Cluster& cluster) {
  return make_stream(cluster, "dead", [](jsStreamConfig& config) {
    config.Discard = js_DiscardOld;
    config.MaxMsgs = kMaxDead;
    config.MaxAge = nanoseconds(kDeadKept).count();
  });
}

Status make_renders(const Cluster& cluster) {
  auto made = make_stream(cluster, "renders", [&](jsStreamConfig& config) {
    config.Retention = js_WorkQueuePolicy;
    config.Discard = js_DiscardNew;
    config.MaxMsgs = cluster.options().max_queued + kHeadroom;
    config.MaxAge = nanoseconds(seconds(limits::kRenderKeptSeconds)).count();
  });
  if (!made) return made;
  const std::string stream = cluster.stream("renders");
  const Outcome outcome = cluster.patiently([&](jsOptions* limits, jsErrCode* code) {
    jsConsumerInfo* info = nullptr;
    natsStatus status =
        js_GetConsumerInfo(&info, cluster.jetstream(), stream.c_str(), kConsumer, limits, code);
    if (status == NATS_NOT_FOUND || *code == JSConsumerNotFoundErr) {
      *code = {};
      jsConsumerConfig config;
      jsConsumerConfig_Init(&config);
      config.Durable = kConsumer;
      config.AckPolicy = js_AckExplicit;
      config.AckWait = duration_cast<nanoseconds>(cluster.options().worker_silence).count();
      config.MaxDeliver = -1;  // attempts are counted in the status
      config.MaxAckPending = 10000;
      status = js_AddConsumer(&info, cluster.jetstream(), stream.c_str(), &config, limits, code);
    }
    const ConsumerInfoHandle owner(info);
    return status;
  });
  if (!outcome.ok()) return cluster.error(outcome, "make the workers' consumer of " + stream);
  return ok_status();
}

}  // namespace

struct ClusterQueue::Held {
  std::string id, owner;
  MessageHandle message;
  std::atomic<std::uint64_t> revision{0};  // of the status as this worker wrote it last
  std::atomic<bool> lost{false};           // over, or another worker's

  std::mutex mutex;  // guards what follows
  RenderRecord record;
  Clock::time_point said, written, asked;
};

struct ClusterQueue::Waiting {
  int threads = 0;
  std::optional<Known> newest;
};

struct ClusterQueue::State {
  std::mutex mutex;  // guards what follows
  std::condition_variable heard;
  std::unordered_map<std::string, Waiting> waiting;
  std::map<std::uint64_t, std::shared_ptr<Held>> held;
  std::uint64_t next_handle = 1;
  std::vector<SubscriptionHandle> idle;  // pull subscriptions; each serves one take() at a time

  std::mutex depth_mutex;
  std::optional<Depth> depth;

  std::mutex health_mutex;
  std::optional<Clock::time_point> health_asked;
  bool health = false;
};

// A thread that waits for changes.
struct ClusterQueue::Visit {
  Visit(State& state, const std::string& id) : state_(state), id_(id) {
    const std::lock_guard lock(state_.mutex);
    ++state_.waiting[id_].threads;
  }
  Visit(const Visit&) = delete;
  ~Visit() {
    const std::lock_guard lock(state_.mutex);
    const auto entry = state_.waiting.find(id_);
    if (--entry->second.threads == 0) state_.waiting.erase(entry);
  }

 private:
  State& state_;
  const std::string& id_;
};

ClusterQueue::ClusterQueue(std::shared_ptr<Cluster> cluster, Bucket status, Bucket results, Bucket keys,
                           Bucket clients)
    : cluster_(std::move(cluster)),
      status_(std::move(status)),
      results_(std::move(results)),
      keys_(std::move(keys)),
      clients_(std::move(clients)),
      stream_(cluster_->stream("renders")),
      subject_(cluster_->subject("renders") + "."),
      dead_stream_(cluster_->stream("dead")),
      dead_subject_(cluster_->subject("dead") + "."),
      state_(std::make_unique<State>()) {}

ClusterQueue::~ClusterQueue() {
  announcements_.reset();
}

Result<std::unique_ptr<ClusterQueue>> ClusterQueue::open(const ClusterOptions& options) {
  if (options.max_queued < 1 || options.max_per_client < 1) {
    return Error{ErrorCode::invalid_argument, "the limits of waiting renders must be at least 1"};
  }
  auto cluster = Cluster::connect(options);
  if (!cluster) return cluster.error();
  // At once, because each takes the servers a moment the first time.
  const seconds kept(limits::kRenderKeptSeconds);
  const auto bucket = [&](const std::string& what, const BucketOptions& how) {
    return std::async(std::launch::async,
                      [&cluster, what, how] { return Bucket::open(*cluster, what, how); });
  };
  auto renders_made = std::async(std::launch::async, [&] { return make_renders(**cluster); });
  auto dead_made = std::async(std::launch::async, [&] { return make_dead(**cluster); });
  auto status_made = bucket("status", {.kept = kept, .announced = true});
  auto results_made = bucket("results", {.kept = kept, .quick = true});
  auto keys_made = bucket("keys", {.kept = kept});
  auto clients_made = bucket("clients", {.kept = 2 * kept});
  for (auto* made : {&renders_made, &dead_made}) {
    if (auto status = made->get(); !status) return status.error();
  }
  auto status = status_made.get(), results = results_made.get(), keys = keys_made.get(),
       clients = clients_made.get();
  for (const auto* made : {&status, &results, &keys, &clients}) {
    if (!*made) return made->error();
  }
  std::unique_ptr<ClusterQueue> queue(new ClusterQueue(*cluster, std::move(*status), std::move(*results),
                                                       std::move(*keys), std::move(*clients)));
  auto listening = Announcements::listen(queue->cluster_, queue->status_,
                                         [queue = queue.get()](const Entry& entry) { queue->heard(entry); });
  if (!listening) return listening.error();
  queue->announcements_ = std::move(*listening);
  return queue;
}

// ---- Records

Result<std::optional<ClusterQueue::Known>> ClusterQueue::known(const std::string& id) const {
  if (!is_id(id)) return std::optional<Known>();
  auto entry = status_.get(id);
  if (!entry) return entry.error();
  if (!*entry) return std::optional<Known>();
  auto record = record_from_json((*entry)->value);
  if (!record) return std::optional<Known>();
  return std::optional<Known>({std::move(*record), (*entry)->revision});
}

Result<ClusterQueue::Changed> ClusterQueue::change(const std::string& id,
                                                   const std::function<bool(RenderRecord&)>& edit,
                                                   std::optional<Known> from) const {
  for (int i = 0; i < kTries; ++i) {
    if (!from) {
      auto now = known(id);
      if (!now) return now.error();
      if (!*now) return unknown_render();
      from = std::move(*now);
    }
    Known next = *from;
    if (!edit(next.record)) return Changed{std::move(*from), false};
    const auto revision = status_.write(id, record_to_json(next.record), from->revision);
    if (!revision) return revision.error();
    if (*revision) {
      next.revision = **revision;
      return Changed{std::move(next), true};
    }
    from.reset();
  }
  return Error{ErrorCode::io, "the render changes too fast; try again"};
}

RenderStatus ClusterQueue::told(const Known& known) {
  RenderStatus status = known.record.status;
  status.version = known.revision;
  if (status.state == RenderState::queued && known.record.message != 0) {
    if (const auto now = depth(Age::recent)) {
      const auto ahead = static_cast<std::int64_t>(known.record.message - now->last_delivered) - 1;
      status.position = std::clamp<std::int64_t>(ahead, 0, std::max<std::int64_t>(0, now->queued - 1));
    }
  }
  return status;
}

void ClusterQueue::heard(const Entry& entry) {
  const std::lock_guard lock(state_->mutex);
  const auto waiting = state_->waiting.find(entry.key);
  const bool held_here = std::any_of(state_->held.begin(), state_->held.end(),
                                     [&](const auto& held) { return held.second->id == entry.key; });
  if (waiting == state_->waiting.end() && !held_here) return;
  auto record = record_from_json(entry.value);
  if (!record) return;
  for (const auto& [handle, held] : state_->held) {
    if (held->id == entry.key && entry.revision > held->revision &&
        (is_over(record->status.state) || record->owner != held->owner)) {
      held->lost = true;
    }
  }
  if (waiting != state_->waiting.end()) {
    auto& newest = waiting->second.newest;
    if (!newest || newest->revision < entry.revision) newest = Known{std::move(*record), entry.revision};
    state_->heard.notify_all();
  }
}

// ---- For the web server

Result<bool> ClusterQueue::has_message(const std::string& id) const {
  const std::string subject = subject_ + id;
  const Outcome outcome = cluster_->patiently([&](jsOptions* limits, jsErrCode* code) {
    natsMsg* message = nullptr;
    const natsStatus status =
        js_GetLastMsg(&message, cluster_->jetstream(), stream_.c_str(), subject.c_str(), limits, code);
    const MessageHandle owner(message);
    return status;
  });
  if (outcome.missing()) return false;
  if (!outcome.ok()) return cluster_->error(outcome, "look for a render");
  return true;
}

Result<bool> ClusterQueue::still_counts(const std::string& slot, std::int64_t since) const {
  const bool recent = std::abs(unix_now() - since) < kUnfinishedSeconds;
  std::string id = slot;
  if (slot.starts_with(kKeySlot)) {
    const auto entry = keys_.get(slot.substr(kKeySlot.size()));
    if (!entry) return entry.error();
    const auto claim = *entry ? claim_from_json((*entry)->value) : std::nullopt;
    if (!claim) return recent;
    id = claim->id;
  }
  const auto now = known(id);
  if (!now) return now.error();
  if (!*now) return recent;  // its front end may be about to write it, or died before
  if (is_over((*now)->record.status.state)) return false;
  if (recent || (*now)->record.status.state != RenderState::queued) return true;
  return has_message(id);  // without one it will never run: its front end died in between
}

// Writes the status and the message of a render; both may be there already. `refused`: nothing was written.
Status ClusterQueue::begin(const std::string& id, const NewRender& render, bool& refused) {
  refused = false;
  auto now = known(id);
  if (!now) return now.error();
  if (!*now) {
    Known made;
    made.record.status.id = id;
    made.record.status.model = render.model;
    made.record.status.created = unix_now();
    const auto revision = status_.write(id, record_to_json(made.record), 0);
    if (!revision) return revision.error();
    if (*revision) {
      made.revision = **revision;
      *now = std::move(made);
    } else {  // the same key, just now, at another front end
      now = known(id);
      if (!now) return now.error();
      if (!*now) return Error{ErrorCode::io, "the render was removed while it was taken in; try again"};
    }
  }
  Known& status = **now;
  if (status.record.status.state != RenderState::queued || status.record.message != 0) return ok_status();

  const std::string subject = subject_ + id;
  std::uint64_t sequence = 0;
  const Outcome outcome = cluster_->patiently([&](jsOptions* limits, jsErrCode* code) {
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MaxWait = limits->Wait;
    how.ExpectNoMessage = true;
    jsPubAck* ack = nullptr;
    const natsStatus published =
        js_Publish(&ack, cluster_->jetstream(), subject.c_str(), render.request.data(),
                   static_cast<int>(render.request.size()), &how, code);
    const PublishAckHandle owner(ack);
    if (published == NATS_OK) sequence = ack->Sequence;
    return published;
  });
  if (outcome.ok()) {
    // Only for its place in the queue: a worker that was faster writes it as well.
    status.record.message = sequence;
    (void)status_.write_quickly(id, record_to_json(status.record), status.revision, milliseconds(1000));
    return ok_status();
  }
  if (outcome.conflict()) return ok_status();  // an earlier try got through

  refused = true;
  if (outcome.code != 0 && !outcome.repeated) {
    (void)status_.erase(status.revision);
  } else {  // it may be there for all we know: workers leave it alone when its status says so
    (void)change(id, [](RenderRecord& record) {
      if (record.status.state != RenderState::queued) return false;
      record.status.state = RenderState::failed;
      record.status.finished = unix_now();
      record.status.error_code = "unavailable";
      record.status.error = "the cluster could not take the render in";
      return true;
    });
  }
  if (outcome.text.find("maximum") != std::string::npos && outcome.code == JSStreamStoreFailedErr) {
    return Error{ErrorCode::busy, "the queue of renders is full; try again later"};
  }
  return cluster_->error(outcome, "take in a render");
}

Result<std::string> ClusterQueue::submit(const NewRender& render) {
  if (render.request.size() + kMessageOverhead > cluster_->max_message()) {
    return Error{ErrorCode::too_large,
                 "the NATS servers take messages of at most " + std::to_string(cluster_->max_message()) +
                     " bytes and the request has " + std::to_string(render.request.size()) +
                     "; raise max_payload in the configuration of each of them"};
  }
  const std::string request_sha256 =
      render.key.empty() ? std::string() : sha256_hex(bytes_of(render.request));
  const std::string key =
      render.key.empty() ? std::string() : sha256_hex(bytes_of(render.client + '\0' + render.key));
  for (int i = 0; i < kTries; ++i) {
    bool refused = false;
    if (!key.empty()) {
      const auto entry = keys_.get(key);
      if (!entry) return entry.error();
      if (const auto claim = *entry ? claim_from_json((*entry)->value) : std::nullopt) {
        if (!same_secret(claim->request_sha256, request_sha256)) return other_key();
        // Done already; but when the front end that began it died, this completes it.
        if (auto begun = begin(claim->id, render, refused); !begun) return begun.error();
        return claim->id;
      }
    }

    const auto now = depth(Age::now);
    if (!now) return now.error();
    if (now->queued >= cluster_->options().max_queued) {
      return Error{ErrorCode::busy, "the queue of renders is full: " + std::to_string(now->queued) +
                                        " wait already; try again later"};
    }
    const std::string id = new_id(), slot = key.empty() ? id : std::string(kKeySlot) + key;
    if (auto counted = clients_.take(
            render.client, slot, cluster_->options().max_per_client,
            [&](const std::string& other, std::int64_t since) { return still_counts(other, since); });
        !counted) {
      return counted.error();
    }
    std::uint64_t claimed = 0;
    if (!key.empty()) {
      const auto claim = keys_.write(key, claim_to_json({id, request_sha256}), 0);
      if (!claim) return claim.error();
      if (!*claim) continue;  // the same key, just now, at another front end
      claimed = **claim;
    }
    const auto begun = begin(id, render, refused);
    if (begun) {
      const std::lock_guard lock(state_->depth_mutex);
      state_->depth.reset();
      return id;
    }
    if (refused) {
      clients_.give_back(render.client, slot);
      if (claimed != 0) (void)keys_.erase(claimed);
    }
    return begun.error();
  }
  return Error{ErrorCode::busy, "too many requests with this Idempotency-Key at once; try again"};
}

Result<RenderStatus> ClusterQueue::status(const std::string& id) {
  const auto now = known(id);
  if (!now) return now.error();
  if (!*now) return unknown_render();
  return told(**now);
}

Result<std::vector<RenderStatus>> ClusterQueue::changes(const std::string& id, std::uint64_t after,
                                                        milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  if (!is_id(id)) return unknown_render();
  const Visit visit(*state_, id);
  for (;;) {
    const auto now = known(id);
    if (!now) return now.error();
    if (!*now) return unknown_render();
    if ((*now)->revision > after) return std::vector<RenderStatus>{told(**now)};
    if (is_over((*now)->record.status.state) || Clock::now() >= deadline) return std::vector<RenderStatus>();
    std::optional<Known> news;
    {
      std::unique_lock lock(state_->mutex);
      Waiting& waiting = state_->waiting.at(id);
      state_->heard.wait_until(lock, std::min(deadline, Clock::now() + kAskAgain),
                               [&] { return waiting.newest && waiting.newest->revision > after; });
      if (waiting.newest && waiting.newest->revision > after) news = waiting.newest;
    }
    if (news) return std::vector<RenderStatus>{told(*news)};
    if (Clock::now() >= deadline) return std::vector<RenderStatus>();
  }
}

Status ClusterQueue::cancel(const std::string& id) {
  bool waited = false;
  const auto changed = change(id, [&](RenderRecord& record) {
    if (is_over(record.status.state)) return false;
    waited = record.status.state == RenderState::queued;
    record.status.state = RenderState::cancelled;
    record.status.finished = unix_now();
    record.owner.clear();
    return true;
  });
  if (!changed) return changed.error();
  const std::uint64_t message = changed->now.record.message;
  if (changed->changed && waited && message != 0) {
    // So that it takes no place in the queue; workers would leave it alone anyway. (Not purged by its
    // subject: servers of version 2.9 then skip others that wait.)
    (void)cluster_->once(
        [&](jsOptions* limits, jsErrCode* code) {
          return js_DeleteMsg(cluster_->jetstream(), stream_.c_str(), message, limits, code);
        },
        milliseconds(1000));
    const std::lock_guard lock(state_->depth_mutex);
    state_->depth.reset();
  }
  return ok_status();
}

Result<std::vector<std::uint8_t>> ClusterQueue::result(const std::string& id) {
  const auto now = known(id);
  if (!now) return now.error();
  if (!*now) return unknown_render();
  const RenderRecord& record = (*now)->record;
  if (record.status.state != RenderState::done || record.result.empty()) {
    return Error{ErrorCode::not_found, "the render is not done"};
  }
  const auto dance = results_.get_near(record.result);
  if (!dance) return dance.error();
  if (!*dance || (*dance)->value.empty()) {
    return Error{ErrorCode::not_found, "the result is no longer kept; render the song again"};
  }
  const std::string& value = (*dance)->value;
  return std::vector<std::uint8_t>(value.begin(), value.end());
}

Result<ClusterQueue::Depth> ClusterQueue::depth(Age age) {
  std::optional<Depth> last;
  {
    const std::lock_guard lock(state_->depth_mutex);
    last = state_->depth;
  }
  if (age == Age::recent && last && Clock::now() - last->when < kDepthKept) return *last;
  Depth depth;
  const auto ask = [&](jsOptions* limits, jsErrCode* code) {
    jsStreamInfo* stream = nullptr;
    natsStatus status = js_GetStreamInfo(&stream, cluster_->jetstream(), stream_.c_str(), limits, code);
    const StreamInfoHandle stream_owner(stream);
    if (status != NATS_OK) return status;
    jsConsumerInfo* workers = nullptr;
    status = js_GetConsumerInfo(&workers, cluster_->jetstream(), stream_.c_str(), kConsumer, limits, code);
    const ConsumerInfoHandle workers_owner(workers);
    if (status != NATS_OK) return status;
    // Messages go a moment after their acknowledgement; what is not delivered yet counts at once.
    const auto messages = static_cast<std::int64_t>(stream->State.Msgs);
    depth.running = std::min(workers->NumAckPending, messages);
    depth.queued = std::min(messages - depth.running, static_cast<std::int64_t>(workers->NumPending));
    depth.last_delivered = workers->Delivered.Stream;
    return status;
  };
  const Outcome outcome =
      age == Age::now ? cluster_->patiently(ask) : cluster_->once(ask, milliseconds(1000));
  if (!outcome.ok() && age == Age::recent && last) return *last;
  if (!outcome.ok()) return cluster_->error(outcome, "count renders");
  depth.when = Clock::now();
  const std::lock_guard lock(state_->depth_mutex);
  state_->depth = depth;
  return depth;
}

QueueFigures ClusterQueue::figures() {
  const auto now = depth(Age::recent);
  if (!now) return {};
  return {now->queued, now->running};
}

bool ClusterQueue::healthy() {
  const std::lock_guard lock(state_->health_mutex);
  if (!state_->health_asked || Clock::now() - *state_->health_asked >= seconds(1)) {
    state_->health = status_.answers(milliseconds(1000));
    state_->health_asked = Clock::now();
  }
  return state_->health;
}

// ---- For workers

Result<SubscriptionHandle> ClusterQueue::subscription() {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->idle.empty()) {
      SubscriptionHandle last = std::move(state_->idle.back());
      state_->idle.pop_back();
      return last;
    }
  }
  natsSubscription* made = nullptr;
  const Outcome outcome = cluster_->patiently([&](jsOptions* limits, jsErrCode* code) {
    jsSubOptions what;
    jsSubOptions_Init(&what);
    what.Stream = stream_.c_str();
    what.Consumer = kConsumer;
    return js_PullSubscribe(&made, cluster_->jetstream(), nullptr, kConsumer, limits, &what, code);
  });
  if (!outcome.ok()) return cluster_->error(outcome, "ask for work");
  return SubscriptionHandle(made);
}

Result<std::optional<RenderJob>> ClusterQueue::take(milliseconds wait, const std::string& device) {
  const auto deadline = Clock::now() + wait;
  auto pull = subscription();
  if (!pull) return pull.error();
  for (;;) {
    const auto left = duration_cast<milliseconds>(deadline - Clock::now());
    natsMsgList list{};
    const Outcome outcome = cluster_->once(
        [&](jsOptions* limits, jsErrCode* code) {
          return natsSubscription_Fetch(&list, pull->get(), 1, limits->Wait, code);
        },
        std::clamp(left, milliseconds(100), kFetch));
    MessageHandle message;
    if (outcome.ok() && list.Count > 0) message.reset(std::exchange(list.Msgs[0], nullptr));
    natsMsgList_Destroy(&list);
    if (message) {
      auto job = start(std::move(message), device);
      if (!job || *job) {
        const std::lock_guard lock(state_->mutex);
        state_->idle.push_back(std::move(*pull));
        return job;
      }
      continue;  // it was over
    }
    if (!natsSubscription_IsValid(pull->get())) {
      pull = subscription();
      if (!pull) return pull.error();
    } else if (!outcome.ok() && outcome.status != NATS_TIMEOUT) {
      std::this_thread::sleep_for(milliseconds(100));  // no leader at the moment
    }
    if (Clock::now() >= deadline) break;
  }
  const std::lock_guard lock(state_->mutex);
  state_->idle.push_back(std::move(*pull));
  return std::optional<RenderJob>();
}

// Nothing when there is nothing to do for this message.
Result<std::optional<RenderJob>> ClusterQueue::start(MessageHandle message, const std::string& device) {
  const std::string id = last_token(natsMsg_GetSubject(message.get()));
  jsMsgMetaData* meta = nullptr;
  if (natsMsg_GetMetaData(&meta, message.get()) != NATS_OK) return std::optional<RenderJob>();
  const MetaDataHandle meta_owner(meta);
  const std::uint64_t sequence = meta->Sequence.Stream;

  auto held = std::make_shared<Held>();
  held->id = id;
  held->owner = new_id();
  bool worn_out = false, needless = false;
  const auto changed = change(id, [&](RenderRecord& record) {
    worn_out = false;
    // A second message of the same render can come of a submission that was tried twice.
    needless = is_over(record.status.state) || (record.message != 0 && record.message != sequence);
    if (needless) return false;
    worn_out = record.status.attempts >= limits::kMaxRenderAttempts;
    if (worn_out) return false;
    record.message = sequence;
    record.owner = held->owner;
    record.status.state = RenderState::running;
    record.status.attempts += 1;
    record.status.progress = 0;
    record.status.device = device;
    if (record.status.started == 0) record.status.started = unix_now();
    return true;
  });
  if (!changed && changed.error().code == ErrorCode::not_found) {
    if (meta->NumDelivered < kUnknownDeliveries)
      natsMsg_NakWithDelay(message.get(), 1000, nullptr);
    else
      natsMsg_Ack(message.get(), nullptr);
    return std::optional<RenderJob>();
  }
  if (!changed) {
    natsMsg_Nak(message.get(), nullptr);
    return changed.error();
  }
  if (needless) {
    natsMsg_Ack(message.get(), nullptr);
    return std::optional<RenderJob>();
  }
  if (worn_out) {
    if (auto buried = bury(id, changed->now, message.get()); !buried) return buried.error();
    return std::optional<RenderJob>();
  }

  RenderJob job;
  job.id = id;
  job.request.assign(natsMsg_GetData(message.get()),
                     static_cast<std::size_t>(std::max(0, natsMsg_GetDataLength(message.get()))));
  job.attempt = changed->now.record.status.attempts;
  held->message = std::move(message);
  held->record = changed->now.record;
  held->revision = changed->now.revision;
  held->said = held->written = held->asked = Clock::now();
  {
    const std::lock_guard lock(state_->mutex);
    job.handle = state_->next_handle++;
    state_->held[job.handle] = std::move(held);
  }
  const std::lock_guard lock(state_->depth_mutex);
  state_->depth.reset();
  return std::optional<RenderJob>(std::move(job));
}

// To the dead letters with a render that was begun too often.
Status ClusterQueue::bury(const std::string& id, const Known& known, natsMsg* message) {
  const std::string subject = dead_subject_ + id;
  const Outcome outcome = cluster_->patiently([&](jsOptions* limits, jsErrCode* code) {
    natsMsg* made = nullptr;
    natsStatus status = natsMsg_Create(&made, subject.c_str(), nullptr, natsMsg_GetData(message),
                                       natsMsg_GetDataLength(message));
    const MessageHandle letter(made);
    const std::string attempts = std::to_string(known.record.status.attempts);
    if (status == NATS_OK) status = natsMsgHeader_Set(made, "Terpsi-Attempts", attempts.c_str());
    if (status == NATS_OK)
      status = natsMsgHeader_Set(made, "Terpsi-Device", known.record.status.device.c_str());
    if (status != NATS_OK) return status;
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MaxWait = limits->Wait;
    how.ExpectNoMessage = true;
    jsPubAck* ack = nullptr;
    status = js_PublishMsg(&ack, cluster_->jetstream(), made, &how, code);
    const PublishAckHandle owner(ack);
    return status;
  });
  if (!outcome.ok() && !outcome.conflict()) return cluster_->error(outcome, "keep a dead letter");
  const auto changed = change(
      id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state)) return false;
        record.status.state = RenderState::failed;
        record.status.finished = unix_now();
        record.status.error_code = "gave_up";
        record.status.error = "every worker that began this render died of it (" +
                              std::to_string(record.status.attempts) + " times); try another model or song";
        record.owner.clear();
        return true;
      },
      known);
  if (!changed) return changed.error();
  natsMsg_Ack(message, nullptr);
  return ok_status();
}

std::shared_ptr<ClusterQueue::Held> ClusterQueue::held(const RenderJob& job) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->held.find(job.handle);
  return found == state_->held.end() || found->second->id != job.id ? nullptr : found->second;
}

void ClusterQueue::let_go(const RenderJob& job) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->held.erase(job.handle);
  }
  const std::lock_guard lock(state_->depth_mutex);
  state_->depth.reset();
}

bool ClusterQueue::progress(const RenderJob& job, double progress) {
  const auto mine = held(job);
  if (!mine) return false;
  const std::lock_guard lock(mine->mutex);
  const auto now = Clock::now();
  const auto stop = [&] {
    // An acknowledgement too many does no harm, one too few costs somebody a look after worker_silence.
    if (const auto there = known(job.id); there && *there && is_over((*there)->record.status.state)) {
      natsMsg_Ack(mine->message.get(), nullptr);
    }
    let_go(job);
    return false;
  };
  if (mine->lost) return stop();
  if (now - mine->said >= cluster_->options().worker_silence / 5) {
    if (natsMsg_InProgress(mine->message.get(), nullptr) == NATS_OK) mine->said = now;
  }
  if (!std::isfinite(progress)) progress = 0;
  progress = std::clamp(progress, mine->record.status.progress, 1.0);
  const bool news = progress - mine->record.status.progress >= 0.005 && now - mine->written >= kProgressEvery;
  if (!news && now - mine->asked < kAskAgain) return true;

  // Said in one try: when the cluster is busy with itself, the render goes on.
  RenderRecord next = mine->record;
  next.status.progress = progress;
  const auto written = status_.write_quickly(job.id, record_to_json(next), mine->revision, kProgressWait);
  mine->written = mine->asked = Clock::now();
  if (written && *written) {
    mine->revision = **written;
    mine->record = std::move(next);
    return true;
  }
  if (!written) return true;
  // Somebody else's change, or an own one whose answer was lost.
  const auto entry = known(job.id);
  if (!entry) return true;
  if (!*entry || is_over((*entry)->record.status.state) || (*entry)->record.owner != mine->owner)
    return stop();
  mine->record = (*entry)->record;
  mine->revision = (*entry)->revision;
  return true;
}

Status ClusterQueue::finish(const RenderJob& job, std::span<const std::uint8_t> dance) {
  const auto mine = held(job);
  if (!mine) return Error{ErrorCode::cancelled, "the render is no longer this worker's"};
  if (dance.size() + kMessageOverhead > cluster_->max_message()) {
    const Error error{ErrorCode::too_large, "the NATS servers take messages of at most " +
                                                std::to_string(cluster_->max_message()) +
                                                " bytes and the dance has " + std::to_string(dance.size()) +
                                                "; raise max_payload in the configuration of each of them"};
    (void)fail(job, "too_large", error.message);  // no worker could do better
    return error;
  }
  const std::lock_guard lock(mine->mutex);
  const std::string key = job.id + "." + mine->owner;
  const auto kept = results_.put(key, {reinterpret_cast<const char*>(dance.data()), dance.size()});
  if (!kept) return kept.error();
  // Also over a worker that began it meanwhile: a result is a result.
  const auto changed = change(
      job.id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state)) return false;
        record.status.state = RenderState::done;
        record.status.progress = 1;
        record.status.finished = unix_now();
        record.result = key;
        record.owner.clear();
        return true;
      },
      Known{mine->record, mine->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  natsMsg_Ack(mine->message.get(), nullptr);
  let_go(job);
  if (!changed) return changed.error();
  if (changed->now.record.result == key) return ok_status();
  (void)results_.erase(*kept);
  if (changed->now.record.status.state == RenderState::done) return ok_status();
  return Error{ErrorCode::cancelled, "the render was over before this worker finished it"};
}

Status ClusterQueue::fail(const RenderJob& job, const std::string& code, const std::string& message) {
  const auto mine = held(job);
  if (!mine) return ok_status();
  const std::lock_guard lock(mine->mutex);
  bool others = false;
  const auto changed = change(
      job.id,
      [&](RenderRecord& record) {
        others = record.owner != mine->owner;
        if (is_over(record.status.state) || others) return false;
        record.status.state = RenderState::failed;
        record.status.finished = unix_now();
        record.status.error_code = code;
        record.status.error = message;
        record.owner.clear();
        return true;
      },
      Known{mine->record, mine->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  if (!changed || is_over(changed->now.record.status.state)) natsMsg_Ack(mine->message.get(), nullptr);
  let_go(job);
  return ok_status();
}

Status ClusterQueue::give_back(const RenderJob& job) {
  const auto mine = held(job);
  if (!mine) return ok_status();
  const std::lock_guard lock(mine->mutex);
  const auto changed = change(
      job.id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state) || record.owner != mine->owner) return false;
        record.status.state = RenderState::queued;
        record.status.progress = 0;
        record.status.device.clear();
        record.status.started = 0;
        record.status.attempts -= 1;  // the worker lives: the render is not to blame
        record.owner.clear();
        return true;
      },
      Known{mine->record, mine->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  if (changed && changed->changed) natsMsg_Nak(mine->message.get(), nullptr);
  if (!changed || is_over(changed->now.record.status.state)) natsMsg_Ack(mine->message.get(), nullptr);
  let_go(job);
  return ok_status();
}

}  // namespace terpsi::native
