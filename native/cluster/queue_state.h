#pragma once
// What both sides of a ClusterQueue share: the records of renders in NATS, each changed only over the revision
// it was read at, and what this process knows of them. All functions may be called from any thread.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "native/cluster/bucket.h"
#include "native/cluster/client_slots.h"
#include "native/cluster/connection.h"
#include "native/cluster/render_record.h"

namespace terpsi::native {

inline constexpr const char* kWorkerConsumer = "workers";
inline constexpr int kMaxRecordTries = 50;  // of one change against the changes of others

using SteadyTime = std::chrono::steady_clock::time_point;

struct VersionedRecord {
  RenderRecord record;
  std::uint64_t revision = 0;  // of the bucket "status"
};

// A render that a worker of this process has taken.
struct Lease {
  std::string id, owner;
  MessageHandle message;
  std::atomic<std::uint64_t> revision{0};  // of the record as this worker wrote it last
  std::atomic<bool> lost{false};           // the render is over, or another worker's

  std::mutex mutex;  // guards what follows
  RenderRecord record;
  SteadyTime heartbeat, written, read;  // when each was done last
};

// Threads of this process that wait for a change of one render.
struct Watch {
  int threads = 0;
  std::optional<VersionedRecord> newest;
};

struct QueueDepth {
  std::int64_t queued = 0, running = 0;
  std::uint64_t last_delivered = 0;  // sequence in the stream of renders
  SteadyTime measured;
};

struct QueueState {
  const std::shared_ptr<Cluster> cluster;
  const Bucket status, results, keys;
  const ClientSlots clients;
  const std::string stream = cluster->stream("renders");
  const std::string subject = cluster->subject("renders") + ".";
  const std::string dead_subject = cluster->subject("dead") + ".";

  std::mutex mutex{};  // guards what follows
  std::condition_variable changed{};
  std::unordered_map<std::string, Watch> watches{};
  std::map<std::uint64_t, std::shared_ptr<Lease>> leases{};  // by RenderJob::handle
  std::uint64_t next_handle = 1;
  std::vector<SubscriptionHandle> idle_pulls{};  // each serves one take() at a time

  std::mutex depth_mutex{};
  std::optional<QueueDepth> depth{};

  std::mutex health_mutex{};
  std::optional<SteadyTime> health_checked{};
  bool health = false;
};

// Makes the record one of a render that is over; `code` and `message` are those of RenderStatus.
void end_record(RenderRecord& record, RenderState state, const std::string& code = {},
                const std::string& message = {});

// Nothing when there is no such record, or it cannot be read. Errors: io.
Result<std::optional<VersionedRecord>> find_record(const QueueState& state, const std::string& id);

struct UpdatedRecord {
  VersionedRecord now;
  bool written = false;  // by this call
};

// Applies `edit` until it is written over the revision it was applied to, or returns false. `from`: where to
// begin, in place of reading the record. Errors: not_found, io.
Result<UpdatedRecord> update_record(const QueueState& state, const std::string& id,
                                    const std::function<bool(RenderRecord&)>& edit,
                                    std::optional<VersionedRecord> from = std::nullopt);

// As clients get it, with its position in the queue.
RenderStatus status_of(QueueState& state, const VersionedRecord& known);

// `recent` may be 0.3 s old, and older when the cluster does not answer at once. Errors: io.
enum class DepthAge { now, recent };
Result<QueueDepth> queue_depth(QueueState& state, DepthAge age);
void forget_depth(QueueState& state);  // it has changed

// A record was written: wakes those who watch it, and marks leases that are lost by it.
void on_record_written(QueueState& state, const Entry& entry);

}  // namespace terpsi::native
