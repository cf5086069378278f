#pragma once
// An LRU cache of dances, bounded by the bytes of their files. May be used from any thread.

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

  // Replaces an entry of the same id. `erasures`: what erasures() returned before the record was read; when
  // anything was erased since, it may have been this dance, which is then not kept. Neither is a dance that
  // alone exceeds the bound.
  void put(CachedDance cached, std::uint64_t erasures);
  void erase(const std::string& id);
  std::uint64_t erasures() const;

  std::size_t bytes() const;

 private:
  using Order = std::list<CachedDance>;  // most recently used first
  void drop(Order::iterator it);         // with the mutex held

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;  // guards all below
  Order order_;
  std::unordered_map<std::string, Order::iterator> by_id_;
  std::size_t bytes_ = 0;
  std::uint64_t erasures_ = 0;
};

}  // namespace terpsi::native
