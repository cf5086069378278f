#include "native/store/dance_cache.h"

#include <doctest/doctest.h>

using namespace terpsi;
using native::CachedDance;
using native::DanceCache;

namespace {

CachedDance cached(const std::string& id, std::size_t bytes) {
  CachedDance dance;
  dance.dance.record.id = id;
  dance.dance.file = std::make_shared<const std::vector<std::uint8_t>>(bytes);
  return dance;
}

}  // namespace

TEST_CASE("a cache keeps what was asked for last, within its bound") {
  DanceCache cache(40000);
  for (const char* id : {"a", "b", "c"}) cache.put(cached(id, 10000), 0);
  CHECK(cache.find("a"));
  cache.put(cached("d", 10000), 0);
  CHECK(cache.bytes() <= 40000);
  CHECK(cache.find("a"));
  CHECK_FALSE(cache.find("b"));
  CHECK(cache.find("d"));
  cache.put(cached("huge", 40000), 0);
  CHECK_FALSE(cache.find("huge"));
  CHECK(cache.find("a"));
  cache.put(cached("a", 20000), 0);  // replaces
  CHECK(cache.find("a")->dance.file->size() == 20000);
  CHECK(cache.bytes() <= 40000);
}

TEST_CASE("what was erased is not put back by a slow reader") {
  DanceCache cache(40000);
  const auto before = cache.erasures();
  cache.erase("a");
  cache.put(cached("a", 10), before);
  CHECK_FALSE(cache.find("a"));
  CHECK(cache.bytes() == 0);
  cache.put(cached("a", 10), cache.erasures());
  CHECK(cache.find("a"));
  cache.erase("a");
  CHECK(cache.bytes() == 0);
}

TEST_CASE("an empty cache holds nothing") {
  DanceCache cache(0);
  cache.put(cached("a", 0), 0);
  CHECK_FALSE(cache.find("a"));
}
