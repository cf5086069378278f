#pragma once
// How often one client may do something: a bucket of tokens for each (fills evenly, holds a minute's worth).

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

  // Nothing: go on. Else the seconds after which it may be tried again, at least 1.
  std::optional<int> refuse(const std::string& client, Clock::time_point now = Clock::now());

  // Clients remembered at once; beyond, those whose bucket is full again are forgotten, then all.
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
