#include "native/cluster/cluster_queue.h"

#include <functional>
#include <future>
#include <utility>

namespace terpsi::native {
namespace {

using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::nanoseconds, std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kHeadroom = 256;  // messages of running renders besides those that wait
constexpr seconds kDeadLettersKept{7 * 24 * 3600};
constexpr std::int64_t kMaxDeadLetters = 1000;

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

Status make_dead_letters(const Cluster& cluster) {
  return make_stream(cluster, "dead", [](jsStreamConfig& config) {
    config.Discard = js_DiscardOld;
    config.MaxMsgs = kMaxDeadLetters;
    config.MaxAge = nanoseconds(kDeadLettersKept).count();
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
  const Outcome outcome = cluster.call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    jsConsumerInfo* info = nullptr;
    natsStatus status =
        js_GetConsumerInfo(&info, cluster.jetstream(), stream.c_str(), kWorkerConsumer, limits, code);
    if (status == NATS_NOT_FOUND || *code == JSConsumerNotFoundErr) {
      *code = {};
      jsConsumerConfig config;
      jsConsumerConfig_Init(&config);
      config.Durable = kWorkerConsumer;
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

Result<std::unique_ptr<ClusterQueue>> ClusterQueue::open(const ClusterOptions& options) {
  if (options.max_queued < 1 || options.max_per_client < 1) {
    return Error{ErrorCode::invalid_argument, "the limits of queued renders must be at least 1"};
  }
  auto cluster = Cluster::connect(options);
  if (!cluster) return cluster.error();
  // Concurrently, because each takes the servers a moment the first time.
  const seconds kept(limits::kRenderKeptSeconds);
  const auto bucket = [&](const std::string& what, const BucketOptions& how) {
    return std::async(std::launch::async,
                      [&cluster, what, how] { return Bucket::open(*cluster, what, how); });
  };
  auto renders_made = std::async(std::launch::async, [&] { return make_renders(**cluster); });
  auto dead_made = std::async(std::launch::async, [&] { return make_dead_letters(**cluster); });
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
  std::unique_ptr<ClusterQueue> queue(new ClusterQueue(
      std::unique_ptr<QueueState>(new QueueState{*cluster, std::move(*status), std::move(*results),
                                                 std::move(*keys), ClientSlots(std::move(*clients))})));
  QueueState* state = queue->state_.get();
  auto listening = Announcements::listen(*cluster, state->status,
                                         [state](const Entry& entry) { on_record_written(*state, entry); });
  if (!listening) return listening.error();
  queue->announcements_ = std::move(*listening);
  return queue;
}

Result<std::unique_ptr<RenderQueue>> open_cluster_queue(const ClusterOptions& options) {
  auto queue = ClusterQueue::open(options);
  if (!queue) return queue.error();
  return std::unique_ptr<RenderQueue>(std::move(*queue));
}

QueueFigures ClusterQueue::figures() {
  const auto now = queue_depth(*state_, DepthAge::recent);
  if (!now) return {};
  return {now->queued, now->running};
}

bool ClusterQueue::healthy() {
  const std::lock_guard lock(state_->health_mutex);
  if (!state_->health_checked || Clock::now() - *state_->health_checked >= seconds(1)) {
    state_->health = state_->status.answers(milliseconds(1000));
    state_->health_checked = Clock::now();
  }
  return state_->health;
}

}  // namespace terpsi::native
