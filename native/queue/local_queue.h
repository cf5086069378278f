#pragma once
// The queue of a server that is one process: renders in the data folder's database, so that those accepted
// outlive a crash; progress in memory.

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
  std::chrono::seconds kept{
      limits::kRenderKeptSeconds};  // a render that is over, by the time the server runs
};

class LocalQueue : public RenderQueue {
 public:
  // Takes up what an earlier process left: what was running is queued again. `folder` must outlive the queue.
  // Errors: io, busy.
  static Result<std::unique_ptr<LocalQueue>> open(DataFolder& folder, const LocalQueueOptions& options = {});

  Result<std::string> submit(const NewRender& render) override;
  Result<RenderStatus> status(const std::string& id) override;
  Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                            std::chrono::milliseconds wait) override;
  Status cancel(const std::string& id) override;
  Result<std::vector<std::uint8_t>> result(const std::string& id) override;
  QueueFigures figures() override;
  bool healthy() override { return !broken_; }

  Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait, const std::string& device) override;
  bool progress(const RenderJob& job, double progress) override;
  Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) override;
  Status fail(const RenderJob& job, const std::string& code, const std::string& message) override;
  Status give_back(const RenderJob& job) override;

  // Forgets renders that have been over for longer than LocalQueueOptions::kept. Errors: io, busy.
  Status forget_old();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    RenderStatus status;
    std::string client, key, request_sha256;
    std::uint64_t order = 0;    // of submission
    bool stored = false;        // the database has it
    bool cancel = false;        // asked for while running
    Clock::time_point over_at;  // once it is over
  };
  using Entries = std::map<std::string, Entry>;

  LocalQueue(DataFolder& folder, const LocalQueueOptions& options) : folder_(folder), options_(options) {}
  Status load();
  Status store(const Entry& entry);  // its status, without the lock
  Result<Entry*> find(const std::string& id);
  std::int64_t position(const Entry& entry) const;
  void changed(Entry& entry);
  Status end(const std::string& id, const std::function<Status(Entry&)>& write);
  Status room(const NewRender& render) const;

  DataFolder& folder_;
  const LocalQueueOptions options_;
  std::atomic<bool> broken_{false};  // the database could not be written the last time
  std::mutex ending_;                // one change of state is written at a time; taken before mutex_
  std::mutex mutex_;                 // guards the following; never held while the database is used
  std::condition_variable changed_;
  Entries entries_;
  std::uint64_t submitted_ = 0;
};

}  // namespace terpsi::native
