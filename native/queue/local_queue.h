#pragma once
// The render queue of a server that is a single process: renders in the data folder's database, so that accepted
// ones survive a crash; progress in memory.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/limits.h"
#include "native/queue/render_queue.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

struct LocalQueueOptions {
  int max_queued = limits::kMaxQueuedRenders;
  int max_per_client = limits::kMaxRendersPerClient;
  // How long a render that is over is kept, in uptime of the server.
  std::chrono::seconds kept{limits::kRenderKeptSeconds};
};

class LocalQueue : public RenderQueue {
 public:
  // Loads what an earlier process left; what was running is queued again. `folder` must outlive the queue.
  // Errors: io, busy.
  static Result<std::unique_ptr<LocalQueue>> open(DataFolder& folder, const LocalQueueOptions& options = {});

  Result<std::string> submit(const NewRender& render) override;
  Result<RenderStatus> status(const std::string& id) override;
  Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                            std::chrono::milliseconds wait) override;
  Status cancel(const std::string& id) override;
  Result<std::vector<std::uint8_t>> result(const std::string& id) override;
  QueueFigures figures() override;
  bool healthy() override { return !write_failed_; }

  Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait, const std::string& device) override;
  bool progress(const RenderJob& job, double progress) override;
  Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) override;
  Status fail(const RenderJob& job, const std::string& code, const std::string& message) override;
  Status give_back(const RenderJob& job) override;

  // Deletes renders that have been over for longer than LocalQueueOptions::kept. Errors: io, busy.
  Status forget_old();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    RenderStatus status;
    std::string client, key, request_sha256;
    std::uint64_t order = 0;    // of submission
    bool stored = false;        // in the database
    bool cancel = false;        // requested while running
    Clock::time_point over_at;  // once it is over
  };
  using Entries = std::map<std::string, Entry>;

  LocalQueue(DataFolder& folder, const LocalQueueOptions& options) : folder_(folder), options_(options) {}
  Status load();
  Status store_status(const Entry& entry);  // without mutex_
  Status insert(const Entry& entry, const std::string& request);
  Status begin_attempt(const RenderStatus& status, std::string& request);
  Status transition(const std::string& id, const std::function<Status(Entry&)>& write);

  // With mutex_ held:
  Entries::iterator find_key(const NewRender& render);
  Status check_limits(const NewRender& render) const;
  Result<Entry*> find(const std::string& id);
  Entry* next_queued();
  RenderStatus status_of(const Entry& entry) const;
  void publish_change(Entry& entry);

  DataFolder& folder_;
  const LocalQueueOptions options_;
  std::atomic<bool> write_failed_{false};  // the last time the database was written
  std::mutex transition_mutex_;            // one change of state is written at a time; locked before mutex_
  std::mutex mutex_;                       // guards the following; never held while the database is used
  std::condition_variable changed_;
  Entries entries_;
  std::uint64_t submitted_ = 0;
};

}  // namespace terpsi::native
