#include "native/cluster/queue_state.h"

#include <algorithm>
#include <utility>

#include "native/io/id.h"

namespace terpsi::native {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kDepthKept{300};

}  // namespace

void end_record(RenderRecord& record, RenderState state, const std::string& code,
                const std::string& message) {
  record.status.state = state;
  record.status.finished = unix_now();
  record.status.error_code = code;
  record.status.error = message;
  record.owner.clear();
}

Result<std::optional<VersionedRecord>> find_record(const QueueState& state, const std::string& id) {
  if (!is_id(id)) return std::optional<VersionedRecord>();
  auto entry = state.status.get(id);
  if (!entry) return entry.error();
  if (!*entry) return std::optional<VersionedRecord>();
  auto record = record_from_json((*entry)->value);
  if (!record) return std::optional<VersionedRecord>();
  return std::optional<VersionedRecord>({std::move(*record), (*entry)->revision});
}

Result<UpdatedRecord> update_record(const QueueState& state, const std::string& id,
                                    const std::function<bool(RenderRecord&)>& edit,
                                    std::optional<VersionedRecord> from) {
  for (int i = 0; i < kMaxRecordTries; ++i) {
    if (!from) {
      auto now = find_record(state, id);
      if (!now) return now.error();
      if (!*now) return unknown_render();
      from = std::move(*now);
    }
    VersionedRecord next = *from;
    if (!edit(next.record)) return UpdatedRecord{std::move(*from), false};
    const auto revision = state.status.write(id, record_to_json(next.record), from->revision);
    if (!revision) return revision.error();
    if (*revision) {
      next.revision = **revision;
      return UpdatedRecord{std::move(next), true};
    }
    from.reset();
  }
  return Error{ErrorCode::io, "the render changes too fast; try again"};
}

RenderStatus status_of(QueueState& state, const VersionedRecord& known) {
  RenderStatus status = known.record.status;
  status.version = known.revision;
  if (status.state == RenderState::queued && known.record.message != 0) {
    if (const auto depth = queue_depth(state, DepthAge::recent)) {
      const auto ahead = static_cast<std::int64_t>(known.record.message - depth->last_delivered) - 1;
      status.position = std::clamp<std::int64_t>(ahead, 0, std::max<std::int64_t>(0, depth->queued - 1));
    }
  }
  return status;
}

Result<QueueDepth> queue_depth(QueueState& state, DepthAge age) {
  std::optional<QueueDepth> last;
  {
    const std::lock_guard lock(state.depth_mutex);
    last = state.depth;
  }
  if (age == DepthAge::recent && last && Clock::now() - last->measured < kDepthKept) return *last;
  const Cluster& cluster = *state.cluster;
  QueueDepth depth;
  const auto ask = [&](jsOptions* limits, jsErrCode* code) {
    jsStreamInfo* stream = nullptr;
    natsStatus status = js_GetStreamInfo(&stream, cluster.jetstream(), state.stream.c_str(), limits, code);
    const StreamInfoHandle stream_owner(stream);
    if (status != NATS_OK) return status;
    jsConsumerInfo* workers = nullptr;
    status = js_GetConsumerInfo(&workers, cluster.jetstream(), state.stream.c_str(), kWorkerConsumer, limits,
                                code);
    const ConsumerInfoHandle workers_owner(workers);
    if (status != NATS_OK) return status;
    // A message is removed a moment after its acknowledgement; what is not delivered yet counts at once.
    const auto messages = static_cast<std::int64_t>(stream->State.Msgs);
    depth.running = std::min(workers->NumAckPending, messages);
    depth.queued = std::min(messages - depth.running, static_cast<std::int64_t>(workers->NumPending));
    depth.last_delivered = workers->Delivered.Stream;
    return status;
  };
  const Outcome outcome =
      age == DepthAge::now ? cluster.call_with_retries(ask) : cluster.call_once(ask, milliseconds(1000));
  if (!outcome.ok() && age == DepthAge::recent && last) return *last;
  if (!outcome.ok()) return cluster.error(outcome, "count renders");
  depth.measured = Clock::now();
  const std::lock_guard lock(state.depth_mutex);
  state.depth = depth;
  return depth;
}

void forget_depth(QueueState& state) {
  const std::lock_guard lock(state.depth_mutex);
  state.depth.reset();
}

void on_record_written(QueueState& state, const Entry& entry) {
  const std::lock_guard lock(state.mutex);
  const auto watch = state.watches.find(entry.key);
  const bool leased = std::any_of(state.leases.begin(), state.leases.end(),
                                  [&](const auto& lease) { return lease.second->id == entry.key; });
  if (watch == state.watches.end() && !leased) return;
  auto record = record_from_json(entry.value);
  if (!record) return;
  for (const auto& [handle, lease] : state.leases) {
    if (lease->id == entry.key && entry.revision > lease->revision &&
        (is_over(record->status.state) || record->owner != lease->owner)) {
      lease->lost = true;
    }
  }
  if (watch != state.watches.end()) {
    auto& newest = watch->second.newest;
    if (!newest || newest->revision < entry.revision)
      newest = VersionedRecord{std::move(*record), entry.revision};
    state.changed.notify_all();
  }
}

}  // namespace terpsi::native
