#pragma once
// Expiry of dances, and collection of blobs that nothing refers to.
//
// An expired dance is not found at once, see LocalStore::get, but its row is deleted only after the server
// has seen it expired through an hour of its own uptime: a clock that jumps years ahead destroys nothing when
// it comes back within that time. Blobs are removed by collect_blobs alone.

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

inline constexpr std::int64_t kExpiredSeconds = 3600;  // of uptime, through which a dance is seen expired
inline constexpr std::int64_t kOrphanSeconds = 3600;   // age of a blob that nothing refers to

class Expiry {
 public:
  using Uptime = std::chrono::steady_clock::time_point;

  explicit Expiry(DataFolder& folder) : folder_(folder) {}

  // One look, to be repeated about once a minute; at most 5 minutes are counted between two looks. `now`:
  // seconds since 1970 by the clock that may be wrong. The number of dances deleted. Errors: io, busy.
  Result<std::int64_t> look(std::int64_t now, Uptime uptime);

 private:
  DataFolder& folder_;
  Uptime last_{};
  bool first_ = true;
};

struct Collected {
  std::int64_t blobs = 0, bytes = 0;
};

// Removes blobs that neither a dance nor a render refers to and that were put more than kOrphanSeconds before
// `now`. Safe beside a running server. Nothing while a backup or a check runs. Errors: io, busy.
Result<Collected> collect_blobs(DataFolder& folder, std::int64_t now);

// Does both in the background: looks every minute, collects every hour.
class CleanupThread {
 public:
  // `also` is called at every look.
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
