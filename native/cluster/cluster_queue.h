#pragma once
// Renders carried by NATS JetStream. A site named terpsi has
//
//   stream TERPSI_RENDERS    requests that wait or run, one message each, acknowledged when the render is over
//   bucket terpsi_status     the record of each render (render_record.h)
//   bucket terpsi_results    .dance files of finished renders, under the id and the lease that made each
//   bucket terpsi_keys       Idempotency-Keys
//   bucket terpsi_clients    who has how many renders
//   stream TERPSI_DEAD       requests whose workers died too often, for a week
//
// Every change of a record names the revision it replaces, so a render is over exactly once: with the one
// change that says so. The side of the front ends is queue_front.cpp, that of the workers queue_worker.cpp.

#include <memory>

#include "native/cluster/announcements.h"
#include "native/cluster/queue_state.h"
#include "native/queue/render_queue.h"

namespace terpsi::native {

class ClusterQueue final : public RenderQueue {
 public:
  // Errors: as open_cluster_queue.
  static Result<std::unique_ptr<ClusterQueue>> open(const ClusterOptions& options);

  Result<std::string> submit(const NewRender& render) override;
  Result<RenderStatus> status(const std::string& id) override;
  Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                            std::chrono::milliseconds wait) override;
  Status cancel(const std::string& id) override;
  Result<std::vector<std::uint8_t>> result(const std::string& id) override;
  QueueFigures figures() override;
  bool healthy() override;

  // Renders that were taken and not ended are given to others after ClusterOptions::worker_silence.
  Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait, const std::string& device) override;
  bool progress(const RenderJob& job, double progress) override;
  Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) override;
  Status fail(const RenderJob& job, const std::string& code, const std::string& message) override;
  Status give_back(const RenderJob& job) override;

 private:
  explicit ClusterQueue(std::unique_ptr<QueueState> state) : state_(std::move(state)) {}

  const std::unique_ptr<QueueState> state_;
  std::unique_ptr<Announcements> announcements_;  // last: its thread uses the state
};

}  // namespace terpsi::native
