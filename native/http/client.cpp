#include "native/http/client.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace terpsi::native {
namespace {

// 16 bytes; IPv4 as ::ffff:a.b.c.d.
using Bytes = std::array<unsigned char, 16>;

std::optional<Bytes> parse(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.size() > 45) return std::nullopt;
  const std::string address(text);
  Bytes bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  std::array<unsigned char, 4> four{};
  if (::inet_pton(AF_INET, address.c_str(), four.data()) != 1) return std::nullopt;
  bytes[10] = bytes[11] = 0xff;
  std::copy(four.begin(), four.end(), bytes.begin() + 12);
  return bytes;
}

bool is_four(const Bytes& b) {
  return std::all_of(b.begin(), b.begin() + 10, [](unsigned char c) { return c == 0; }) && b[10] == 0xff &&
         b[11] == 0xff;
}

std::string text_of(const Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_four(bytes)) {
    ::inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::string network_of(Bytes bytes) {
  if (is_four(bytes)) return text_of(bytes);
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return text_of(bytes) + "/64";
}

}  // namespace

bool TrustedProxies::trusts(std::string_view address) const {
  const auto bytes = parse(address);
  return bytes && std::find(addresses.begin(), addresses.end(), text_of(*bytes)) != addresses.end();
}

Result<TrustedProxies> trusted_proxies(const std::vector<std::string>& names) {
  TrustedProxies trusted;
  for (const std::string& name : names) {
    if (name == "loopback") {
      trusted.addresses.insert(trusted.addresses.end(), {"127.0.0.1", "::1"});
      continue;
    }
    const auto bytes = parse(name);
    if (!bytes) {
      return Error{
          ErrorCode::invalid_argument,
          "\"" + name + "\" is not the address of a proxy; give an IPv4 or IPv6 address, or loopback"};
    }
    trusted.addresses.push_back(text_of(*bytes));
  }
  return trusted;
}

std::string client_of(const std::string& peer, std::string_view forwarded_for,
                      const TrustedProxies& trusted) {
  auto client = parse(peer);
  if (!client) return "unknown";
  while (trusted.trusts(text_of(*client)) && !forwarded_for.empty()) {
    const std::size_t comma = forwarded_for.rfind(',');
    const auto last = forwarded_for.substr(comma == std::string_view::npos ? 0 : comma + 1);
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    const auto next = parse(last);
    if (!next) break;
    client = next;
  }
  return network_of(*client);
}

bool is_private_address(std::string_view address) {
  if (address.ends_with("/64")) address.remove_suffix(3);
  const auto bytes = parse(address);
  if (!bytes) return false;
  const Bytes& b = *bytes;
  if (is_four(b)) {
    return b[12] == 127 || b[12] == 10 || (b[12] == 192 && b[13] == 168) ||
           (b[12] == 172 && b[13] >= 16 && b[13] < 32) || (b[12] == 169 && b[13] == 254);
  }
  const bool loopback =
      std::all_of(b.begin(), b.begin() + 15, [](unsigned char c) { return c == 0; }) && b[15] <= 1;
  return loopback || (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

}  // namespace terpsi::native
