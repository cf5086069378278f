#include "native/http/rate_limit.h"

#include <doctest/doctest.h>

using namespace terpsi::native;

TEST_CASE("rate limit: none") {
  RateLimit limit(0);
  for (int i = 0; i < 1000; ++i) CHECK(!limit.refuse("a"));
}

TEST_CASE("rate limit: a minute's worth at once, then evenly, for each client") {
  RateLimit limit(6);
  auto now = RateLimit::Clock::now();
  for (int i = 0; i < 6; ++i) CHECK(!limit.refuse("a", now));
  CHECK(limit.refuse("a", now) == 10);
  CHECK(!limit.refuse("b", now));
  now += std::chrono::seconds(4);
  CHECK(limit.refuse("a", now) == 6);
  now += std::chrono::seconds(7);
  CHECK(!limit.refuse("a", now));
  CHECK(limit.refuse("a", now));
  now -= std::chrono::hours(1);  // cannot be of a steady clock; must not overflow all the same
  CHECK(limit.refuse("a", now));
}

TEST_CASE("rate limit: remembers so many clients and no more") {
  RateLimit limit(1);
  const auto now = RateLimit::Clock::now();
  for (std::size_t i = 0; i < RateLimit::kMaxClients; ++i) CHECK(!limit.refuse(std::to_string(i), now));
  CHECK(limit.refuse("0", now));
  CHECK(!limit.refuse("another", now));
}
