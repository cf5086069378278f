#include "native/http/client.h"

#include <doctest/doctest.h>

using namespace terpsi;
using namespace terpsi::native;

TEST_CASE("client: text that is not an address is neither a proxy nor a client") {
  CHECK(trusted_proxies({"proxy.example.org"}).error().code == terpsi::ErrorCode::invalid_argument);
  CHECK(trusted_proxies({"10.0.0.0/8"}).error().code == terpsi::ErrorCode::invalid_argument);
  CHECK(client_of("", "", {}) == "unknown");
  CHECK(client_of("nonsense", "1.2.3.4", {}) == "unknown");
}

TEST_CASE("client: a header is believed only of a trusted proxy, from the right") {
  const auto none = trusted_proxies({});
  CHECK(client_of("5.6.7.8", "1.2.3.4", *none) == "5.6.7.8");
  const auto trusted = trusted_proxies({"loopback", "10.0.0.1"});
  REQUIRE(trusted);
  CHECK(client_of("127.0.0.1", "1.2.3.4", *trusted) == "1.2.3.4");
  CHECK(client_of("::1", "9.9.9.9, 1.2.3.4", *trusted) == "1.2.3.4");
  CHECK(client_of("127.0.0.1", "1.2.3.4, 10.0.0.1", *trusted) == "1.2.3.4");
  CHECK(client_of("127.0.0.1", "forged, 1.2.3.4", *trusted) == "1.2.3.4");
  CHECK(client_of("127.0.0.1", "1.2.3.4, nonsense", *trusted) == "127.0.0.1");
  CHECK(client_of("127.0.0.1", "", *trusted) == "127.0.0.1");
  CHECK(client_of("5.6.7.8", "1.2.3.4", *trusted) == "5.6.7.8");
  CHECK(client_of("::ffff:10.0.0.1", "1.2.3.4", *trusted) == "1.2.3.4");
}

TEST_CASE("client: of IPv6 the household counts") {
  CHECK(client_of("2001:db8:1:2:3:4:5:6", "", {}) == "2001:db8:1:2::/64");
  CHECK(client_of("2001:db8:1:2:ffff::1", "", {}) == "2001:db8:1:2::/64");
}

TEST_CASE("client: private addresses") {
  for (const char* address : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "172.31.255.255",
                              "169.254.1.1", "::1", "fd00::/64", "fe80::1"}) {
    CAPTURE(address);
    CHECK(is_private_address(address));
  }
  for (const char* address : {"8.8.8.8", "172.32.0.1", "11.0.0.1", "2001:db8::/64", "unknown", ""}) {
    CAPTURE(address);
    CHECK(!is_private_address(address));
  }
}
