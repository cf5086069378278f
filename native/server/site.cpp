#include "native/server/site.h"

#include <algorithm>

#include "native/http/answer.h"

namespace terpsi::native {
namespace {

bool looks_like_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

}  // namespace

std::string public_url_of(const Call& call) {
  if (!call.site.options.public_url.empty()) return call.site.options.public_url;
  const bool proxied = call.site.options.proxies.trusts(call.request.remote_addr);
  std::string host = call.request.get_header_value("Host");
  if (proxied && call.request.has_header("X-Forwarded-Host"))
    host = call.request.get_header_value("X-Forwarded-Host");
  if (!looks_like_host(host)) host = "localhost";
  const bool secure = proxied && call.request.get_header_value("X-Forwarded-Proto") == "https";
  return (secure ? "https://" : "http://") + host;
}

bool within_rate(const Call& call, RateLimit& rate) {
  const auto wait = rate.refuse(call.client);
  if (!wait) return true;
  ++call.site.metrics.limited;
  call.response.set_header("Retry-After", std::to_string(*wait));
  refuse(call.response, 429, "too_many_requests",
         "too many requests from your address; try again in " + std::to_string(*wait) + " s");
  return false;
}

}  // namespace terpsi::native
