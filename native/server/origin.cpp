#include "native/server/origin.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "native/http/answer.h"

namespace terpsi::native {
namespace {

// The page runs WebAssembly (wasm-unsafe-eval) and workers, and connects to no other origin.
std::string policy(std::string_view base, std::string_view ancestors) {
  return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
         "style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
         "manifest-src 'self'; form-action 'none'; base-uri " +
         std::string(base) + "; frame-ancestors " + std::string(ancestors);
}

bool is_token(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_own(const SiteOptions& options, const HttpRequest& request, std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  if (origin.substr(scheme + 3) == request.get_header_value("Host")) return true;
  const std::string& url = options.public_url;
  return url.starts_with(origin) && (url.size() == origin.size() || url[origin.size()] == '/');
}

bool is_allowed(const SiteOptions& options, std::string_view origin) {
  const auto& list = options.cors_origins;
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& item) { return item == "*" || item == origin; });
}

}  // namespace

void add_security_headers(HttpResponse& response, Reach reach) {
  if (response.has_header("Content-Security-Policy")) return;
  static const std::array<std::string, 3> policies = {policy("'none'", "'none'"), policy("'self'", "'none'"),
                                                      policy("'self'", "*")};
  response.set_header("Content-Security-Policy", policies[static_cast<std::size_t>(reach)]);
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");  // with the next one: threads in the page
  response.set_header("Cross-Origin-Embedder-Policy", "require-corp");
  response.set_header("Cross-Origin-Resource-Policy", reach == Reach::own ? "same-origin" : "cross-origin");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
}

bool check_origin(const SiteOptions& options, const HttpRequest& request, HttpResponse& response) {
  if (!request.path.starts_with("/api/")) return true;
  if (!options.cors_origins.empty()) response.set_header("Vary", "Origin");
  if (!request.has_header("Origin")) return true;
  const std::string origin = request.get_header_value("Origin");
  if (is_allowed(options, origin)) {
    response.set_header("Access-Control-Allow-Origin", origin);
    response.set_header("Access-Control-Expose-Headers", "Location, Retry-After, X-Request-Id");
    return true;
  }
  if (is_own(options, request, origin) || request.method == "GET" || request.method == "HEAD") return true;
  refuse(response, 403, "origin", "pages of other sites may not use this server; its owner can allow them");
  return false;
}

void answer_preflight(const SiteOptions& options, const HttpRequest& request, HttpResponse& response) {
  if (!check_origin(options, request, response)) return;
  response.set_header("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE");
  response.set_header("Access-Control-Allow-Headers",
                      "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Delete-Token");
  response.set_header("Access-Control-Max-Age", "600");
  response.set_header("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
  response.status = 204;
}

bool has_plain_framing(const HttpRequest& request) {
  const std::size_t lengths = request.get_header_value_count("Content-Length"),
                    codings = request.get_header_value_count("Transfer-Encoding");
  if (lengths + codings > 1) return false;
  const std::string length = request.get_header_value("Content-Length");
  if (lengths == 1 && (length.empty() || length.find_first_not_of("0123456789") != std::string::npos))
    return false;
  if (codings == 1 && !httplib::detail::is_chunked_transfer_encoding(request.headers)) return false;
  return std::all_of(request.headers.begin(), request.headers.end(),
                     [](const auto& header) { return is_token(header.first); });
}

bool has_body(const HttpRequest& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

}  // namespace terpsi::native
