#pragma once
// Limits how often each client may do something: a token bucket per client that holds a minute's worth.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace terpsi::native {

class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimit(int per_minute) : per_minute_(per_minute) {}  // 0: no limit

  // Nothing: allowed. Else the seconds after which to retry, at least 1.
  std::optional<int> refuse(const std::string& client, Clock::time_point now = Clock::now());

  // Buckets kept at once; beyond that, those that are full again are dropped, then all.
  static constexpr std::size_t kMaxClients = 20000;

 private:
  struct Bucket {
    double tokens;
    Clock::time_point at;
  };
  const int per_minute_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace terpsi::native
