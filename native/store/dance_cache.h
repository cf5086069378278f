#pragma once
// Dances in memory, those asked for last, bounded by the bytes of their files. May be used from any thread.

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "native/store/dance_store.h"

namespace terpsi::native {

struct CachedDance {
  StoredDance dance;
  std::uint64_t generation = 0;  // of the index, when the record was read
};

class DanceCache {
 public:
  explicit DanceCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::optional<CachedDance> find(const std::string& id);

  // Replaces what is there. `erasures` is what erasures() gave before the record was read: when something has
  // been erased since, the dance may be it, and is not kept. Neither is one that alone exceeds the bound.
  void put(CachedDance cached, std::uint64_t erasures);
  void erase(const std::string& id);
  std::uint64_t erasures() const;

  std::size_t bytes() const;

 private:
  using Order = std::list<CachedDance>;  // asked for last: first
  void drop(Order::iterator it);         // holding the mutex

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;  // guards all below
  Order order_;
  std::unordered_map<std::string, Order::iterator> by_id_;
  std::size_t bytes_ = 0;
  std::uint64_t erasures_ = 0;
};

}  // namespace terpsi::native
