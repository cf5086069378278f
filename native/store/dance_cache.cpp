#include "native/store/dance_cache.h"

#include <utility>

namespace terpsi::native {
namespace {

constexpr std::size_t kOverhead = 1024;  // bytes of an entry besides its file, an upper bound

std::size_t cost_of(const CachedDance& cached) {
  return cached.dance.file->size() + kOverhead;
}

}  // namespace

std::optional<CachedDance> DanceCache::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, it->second);
  return *it->second;
}

void DanceCache::put(CachedDance cached, std::uint64_t erasures) {
  const std::size_t cost = cost_of(cached);
  const std::lock_guard lock(mutex_);
  if (erasures != erasures_ || cost > max_bytes_) return;
  if (const auto it = by_id_.find(cached.dance.record.id); it != by_id_.end()) drop(it->second);
  while (bytes_ + cost > max_bytes_) drop(std::prev(order_.end()));
  order_.push_front(std::move(cached));
  by_id_[order_.front().dance.record.id] = order_.begin();
  bytes_ += cost;
}

void DanceCache::erase(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ++erasures_;
  if (const auto it = by_id_.find(id); it != by_id_.end()) drop(it->second);
}

std::uint64_t DanceCache::erasures() const {
  const std::lock_guard lock(mutex_);
  return erasures_;
}

std::size_t DanceCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void DanceCache::drop(Order::iterator it) {
  bytes_ -= cost_of(*it);
  by_id_.erase(it->dance.record.id);
  order_.erase(it);
}

}  // namespace terpsi::native
