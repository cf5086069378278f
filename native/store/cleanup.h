#pragma once
// Expiry of dances, and garbage collection of blobs that nothing refers to.
//
// LocalStore::get no longer finds a dance as soon as it expires, but its row is deleted only after the server
// has seen it expired through an hour of its own uptime: a clock that jumps years ahead destroys nothing when it
// is set right within that time. Only collect_blobs removes blobs.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

inline constexpr std::int64_t kExpiredSeconds = 3600;  // of uptime during which a dance is seen expired
inline constexpr std::int64_t kOrphanSeconds = 3600;   // age of a blob that nothing refers to

class Expiry {
 public:
  using Uptime = std::chrono::steady_clock::time_point;

  explicit Expiry(DataFolder& folder) : folder_(folder) {}

  // One sweep, to be repeated about once a minute; at most 5 minutes are counted between two sweeps. `now`:
  // seconds since 1970 by the clock that may be wrong. Returns how many dances were deleted. Errors: io, busy.
  Result<std::int64_t> sweep(std::int64_t now, Uptime uptime);

 private:
  DataFolder& folder_;
  Uptime last_{};
  bool first_ = true;
};

struct Collected {
  std::int64_t blobs = 0, bytes = 0;
};

// Removes blobs that neither a dance nor a render refers to and that were put more than kOrphanSeconds before
// `now`. Safe beside a running server; removes nothing while a backup or a check runs. Errors: io, busy.
Result<Collected> collect_blobs(DataFolder& folder, std::int64_t now);

// Does both in the background: sweeps every minute, collects every hour.
class CleanupThread {
 public:
  // `also` is called at every sweep.
  explicit CleanupThread(std::shared_ptr<DataFolder> folder, std::function<void()> also = {});
  CleanupThread(const CleanupThread&) = delete;
  CleanupThread& operator=(const CleanupThread&) = delete;
  ~CleanupThread();

 private:
  void run();

  std::shared_ptr<DataFolder> folder_;
  std::function<void()> also_;
  std::mutex mutex_;  // guards the next
  bool stopped_ = false;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace terpsi::native
