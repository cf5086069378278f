#pragma once
// The address of a client, by which limits are counted. What a proxy says is used only where it is trusted.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

// IPv4 or IPv6 addresses of proxies.
struct TrustedProxies {
  std::vector<std::string> addresses;  // canonical
  bool trusts(std::string_view address) const;
};

// `names`: addresses, or "loopback". Errors: invalid_argument.
Result<TrustedProxies> trusted_proxies(const std::vector<std::string>& names);

// The client of a connection from `peer`. When that is a trusted proxy: the last address of X-Forwarded-For that
// is not; text that is not an address ends the search. Of IPv6 only the first 64 bits, as one household or server
// has many addresses.
std::string client_of(const std::string& peer, std::string_view forwarded_for, const TrustedProxies& trusted);

// Loopback, link-local, or a private network.
bool is_private_address(std::string_view address);

}  // namespace terpsi::native
