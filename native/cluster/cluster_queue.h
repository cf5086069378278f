#pragma once
// Renders carried by NATS JetStream. Of a site named terpsi there are
//   the stream TERPSI_RENDERS     requests that wait or run, one message each, acknowledged when they are
//   over the bucket terpsi_status      what became of each (render_record.h); every change names the revision
//   it replaces the bucket terpsi_results     .dance files of done ones, under the id and what its worker
//   made up the buckets terpsi_keys, terpsi_clients    Idempotency-Keys, and who has how many the stream
//   TERPSI_DEAD        requests whose workers died too often, for a week
// A render is over exactly once: with the one change of its status that says so.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "native/cluster/announcements.h"
#include "native/cluster/bucket.h"
#include "native/cluster/client_slots.h"
#include "native/cluster/connection.h"
#include "native/cluster/render_record.h"
#include "native/queue/render_queue.h"

namespace terpsi::native {

class ClusterQueue final : public RenderQueue {
 public:
  static Result<std::unique_ptr<ClusterQueue>> open(const ClusterOptions& options);
  ~ClusterQueue() override;  // renders it took are given to others after worker_silence

  Result<std::string> submit(const NewRender& render) override;
  Result<RenderStatus> status(const std::string& id) override;
  Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                            std::chrono::milliseconds wait) override;
  Status cancel(const std::string& id) override;
  Result<std::vector<std::uint8_t>> result(const std::string& id) override;
  QueueFigures figures() override;
  bool healthy() override;

  Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait, const std::string& device) override;
  bool progress(const RenderJob& job, double progress) override;
  Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) override;
  Status fail(const RenderJob& job, const std::string& code, const std::string& message) override;
  Status give_back(const RenderJob& job) override;

 private:
  struct Held;     // a render this process took
  struct Waiting;  // threads that wait for a render's changes
  struct State;
  struct Visit;
  struct Known {
    RenderRecord record;
    std::uint64_t revision = 0;
  };
  struct Changed {
    Known now;
    bool changed = false;  // by this call
  };
  struct Depth {
    std::int64_t queued = 0, running = 0;
    std::uint64_t last_delivered = 0;
    std::chrono::steady_clock::time_point when;
  };

  ClusterQueue(std::shared_ptr<Cluster> cluster, Bucket status, Bucket results, Bucket keys, Bucket clients);

  Result<std::optional<Known>> known(const std::string& id) const;
  // Edits the record until the edit holds or `edit` says false. Errors: not_found, io.
  Result<Changed> change(const std::string& id, const std::function<bool(RenderRecord&)>& edit,
                         std::optional<Known> from = std::nullopt) const;
  RenderStatus told(const Known& known);
  Result<bool> still_counts(const std::string& slot, std::int64_t since) const;
  Result<bool> has_message(const std::string& id) const;
  Status begin(const std::string& id, const NewRender& render, bool& refused);
  enum class Age { now, recent };  // recent: also older when the cluster does not answer at once
  Result<Depth> depth(Age age);
  void heard(const Entry& entry);

  Result<SubscriptionHandle> subscription();
  Result<std::optional<RenderJob>> start(MessageHandle message, const std::string& device);
  Status bury(const std::string& id, const Known& known, natsMsg* message);
  std::shared_ptr<Held> held(const RenderJob& job) const;
  void let_go(const RenderJob& job);

  const std::shared_ptr<Cluster> cluster_;
  const Bucket status_, results_, keys_;
  const ClientSlots clients_;
  const std::string stream_, subject_, dead_stream_, dead_subject_;

  const std::unique_ptr<State> state_;
  std::unique_ptr<Announcements> announcements_;  // last: its thread uses the rest
};

}  // namespace terpsi::native
