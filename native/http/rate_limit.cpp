#include "native/http/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace terpsi::native {

std::optional<int> RateLimit::refuse(const std::string& client, Clock::time_point now) {
  if (per_minute_ <= 0) return std::nullopt;
  const double most = per_minute_, per_second = most / 60;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxClients && !buckets_.contains(client)) {
    std::erase_if(buckets_, [&](const auto& item) { return now - item.second.at > std::chrono::minutes(1); });
    if (buckets_.size() >= kMaxClients) buckets_.clear();
  }
  auto& bucket = buckets_.try_emplace(client, Bucket{most, now}).first->second;
  const double elapsed = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(most, bucket.tokens + std::max(0.0, elapsed) * per_second);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  return static_cast<int>(std::ceil((1 - bucket.tokens) / per_second));
}

}  // namespace terpsi::native
