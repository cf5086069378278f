#include "native/server/http_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "native/http/answer.h"
#include "native/http/connection.h"
#include "native/http/log.h"
#include "native/io/file.h"
#include "native/io/id.h"
#include "native/server/dances_api.h"
#include "native/server/operations_api.h"
#include "native/server/renders_api.h"
#include "native/server/static_files.h"

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
using Handled = httplib::Server::HandlerResponse;

constexpr auto kRescan = std::chrono::seconds(1);  // least time between two walks of the folders
constexpr double kSlowSeconds = 2;                 // such requests are logged at info
constexpr std::string_view kApi = "/api/v1/";

// The page runs WebAssembly (wasm-unsafe-eval) and workers, and talks to nobody else.
std::string policy(std::string_view base, std::string_view ancestors) {
  return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
         "style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
         "manifest-src 'self'; form-action 'none'; base-uri " +
         std::string(base) + "; frame-ancestors " + std::string(ancestors);
}

// How others may use an answer.
enum class Reach { own, shared, framed };

void add_security_headers(HttpResponse& response, Reach reach) {
  if (response.has_header("Content-Security-Policy")) return;
  static const std::array<std::string, 3> policies = {policy("'none'", "'none'"), policy("'self'", "'none'"),
                                                      policy("'self'", "*")};
  response.set_header("Content-Security-Policy", policies[static_cast<std::size_t>(reach)]);
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");  // with the next: threads in the page
  response.set_header("Cross-Origin-Embedder-Policy", "require-corp");
  response.set_header("Cross-Origin-Resource-Policy", reach == Reach::own ? "same-origin" : "cross-origin");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
}

bool has_body(const HttpRequest& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

bool is_token(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// False when a proxy in front may see the end of this request elsewhere than httplib does: what follows would
// be a request that the proxy has not seen.
bool framed_plainly(const HttpRequest& request) {
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

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return parts;
}

// What is known of the request that this thread answers, for the log.
struct Current {
  Clock::time_point begun;
  std::string id, client;
  Route route = Route::other;
};
thread_local Current current;

std::string request_id(const HttpRequest& request, bool trusted) {
  static const std::string start = new_id().substr(0, 8);
  static std::atomic<std::uint64_t> count{0};
  if (trusted && request.has_header("X-Request-Id")) {
    const std::string given = request.get_header_value("X-Request-Id");
    const bool plain = std::all_of(given.begin(), given.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '_';
    });
    if (plain && !given.empty() && given.size() <= 64) return given;
  }
  return start + "-" + std::to_string(++count);
}

std::string status_text(int status) {
  switch (status) {
    case 404:
      return "There is nothing at this address.\n";
    case 431:
      return "The head of the request is too large.\n";
    case 500:
      return "The server failed to answer this request.\n";
    default:
      return std::string(httplib::status_message(status)) + "\n";
  }
}

}  // namespace

struct HttpServer::State {
  State(ServerOptions given, Site& of) : options(std::move(given)), site(of), http(options.connections, {}) {}

  ServerOptions options;
  Site& site;
  int port = 0;
  ConnectionServer http;

  std::mutex mutex;  // guards the following two
  StaticFiles files;
  Clock::time_point scanned;

  void scan() {
    StaticFiles found;
    add_folder(found, options.web, "");
    if (!options.models.empty()) add_folder(found, options.models, "/models");
    files = std::move(found);
    scanned = Clock::now();
  }

  // A file that appeared since the last walk is found by another one, at most once in kRescan.
  std::optional<StaticFile> find(const std::string& url) {
    const std::lock_guard lock(mutex);
    auto it = files.find(url);
    if (it == files.end() && Clock::now() - scanned >= kRescan) {
      scan();
      it = files.find(url);
    }
    if (it == files.end()) return std::nullopt;
    return it->second;
  }

  void send_file(const HttpRequest& request, HttpResponse& response) {
    const std::string url = request.path.ends_with('/') ? request.path + "index.html" : request.path;
    const auto file = find(url);
    response.status = 404;
    if (!file) return;
    auto content = read_static(*file, request.get_header_value("Accept-Encoding"));
    if (!content) return;
    response.set_header("ETag", content->etag);
    response.set_header("Vary", "Accept-Encoding");
    response.set_header("Cache-Control",
                        file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (request.get_header_value("If-None-Match") == content->etag) {
      response.status = 304;
      return;
    }
    if (!content->encoding.empty()) response.set_header("Content-Encoding", content->encoding);
    response.status = request.ranges.empty() ? 200 : 206;
    response.set_content(std::move(content->body), file->mime);
  }

  // ---- Routes

  // Answers GET and HEAD. False: nothing of ours, a file of the page perhaps.
  bool get(Call& call) {
    const std::string& path = call.request.path;
    Route& route = call.route;
    if (path.starts_with(kApi)) {
      const auto parts = parts_of(path.substr(kApi.size() - 1));
      const auto is = [&](std::size_t i, std::string_view what) { return parts[i] == what; };
      if (is(0, "dances") && parts.size() == 2) return route = Route::dances, get_dance(call, parts[1]), true;
      if (is(0, "dances") && parts.size() == 3 && is(2, "meta"))
        return route = Route::dances, get_dance_meta(call, parts[1]), true;
      if (is(0, "renders") && parts.size() == 2)
        return route = Route::renders, get_render(call, parts[1]), true;
      if (is(0, "renders") && parts.size() == 3 && is(2, "events"))
        return route = Route::events, get_render_events(call, parts[1]), true;
      if (is(0, "renders") && parts.size() == 3 && is(2, "result"))
        return route = Route::renders, get_render_result(call, parts[1]), true;
      route = Route::operations;
      if (is(0, "models") && parts.size() == 1) return get_models(call), true;
      if (is(0, "openapi.yaml") && parts.size() == 1) return get_openapi(call), true;
      answer_error(call.response, 404, "not_found",
                   "there is nothing at this address; see /api/v1/openapi.yaml");
      return true;
    }
    route = Route::operations;
    if (path == "/healthz") return get_healthz(call), true;
    if (path == "/readyz") return get_readyz(call), true;
    if (path == "/metrics") return get_metrics(call), true;
    route = Route::share;
    if (path == "/oembed") return get_oembed(call), true;
    if (path.starts_with("/d/") || path.starts_with("/embed/")) {
      const auto parts = parts_of(path);
      const bool embed = parts[0] == "embed";
      if (parts.size() == 2) return get_share_page(call, parts[1], embed), true;
      if (parts.size() == 3 && !embed && parts[2] == "poster.png")
        return get_dance(call, parts[1] + ".png"), true;
    }
    route = Route::page;
    return false;
  }

  void remove(Call& call) {
    const auto parts = parts_of(call.request.path);
    const bool ours = parts.size() == 4 && call.request.path.starts_with(kApi);
    if (ours && parts[2] == "dances") return call.route = Route::dances, delete_dance(call, parts[3]);
    if (ours && parts[2] == "renders") return call.route = Route::renders, delete_render(call, parts[3]);
    answer_error(call.response, 405, "not_allowed", "nothing can be deleted at this address");
  }

  void post(Call& call, const httplib::ContentReader& body) {
    const std::string& path = call.request.path;
    if (path == "/api/v1/renders") return call.route = Route::renders, post_render(call, body);
    if (path == "/api/v1/dances") return call.route = Route::dances, post_dance(call, body);
    refuse(call.response, 405, "not_allowed", "nothing can be sent to this address");
  }

  // ---- Origins

  bool is_own(const HttpRequest& request, std::string_view origin) const {
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos) return false;
    if (origin.substr(scheme + 3) == request.get_header_value("Host")) return true;
    const std::string& url = site.options.public_url;
    return url.starts_with(origin) && (url.size() == origin.size() || url[origin.size()] == '/');
  }

  bool is_allowed(std::string_view origin) const {
    const auto& list = site.options.cors_origins;
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& item) { return item == "*" || item == origin; });
  }

  // Adds what other origins need. False, and answered: this origin may not do that.
  bool check_origin(const HttpRequest& request, HttpResponse& response) const {
    const bool api = request.path.starts_with("/api/");
    if (!api) return true;
    if (!site.options.cors_origins.empty()) response.set_header("Vary", "Origin");
    if (!request.has_header("Origin")) return true;
    const std::string origin = request.get_header_value("Origin");
    if (is_allowed(origin)) {
      response.set_header("Access-Control-Allow-Origin", origin);
      response.set_header("Access-Control-Expose-Headers", "Location, Retry-After, X-Request-Id");
      return true;
    }
    if (is_own(request, origin) || request.method == "GET" || request.method == "HEAD") return true;
    refuse(response, 403, "origin", "pages of other sites may not use this server; its owner can allow them");
    return false;
  }

  void preflight(const HttpRequest& request, HttpResponse& response) const {
    if (!check_origin(request, response)) return;
    response.set_header("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE");
    response.set_header("Access-Control-Allow-Headers",
                        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Delete-Token");
    response.set_header("Access-Control-Max-Age", "600");
    response.set_header("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
    response.status = 204;
  }

  // ---- Around all requests

  Call begin(const HttpRequest& request, HttpResponse& response) {
    const bool trusted = site.options.proxies.trusts(request.remote_addr);
    current = {
        Clock::now(), request_id(request, trusted),
        client_of(request.remote_addr, request.get_header_value("X-Forwarded-For"), site.options.proxies),
        Route::other};
    response.set_header("X-Request-Id", current.id);
    const bool share = request.path.starts_with("/d/") || request.path == "/oembed";
    const bool framed = request.path.starts_with("/embed/");
    add_security_headers(response, framed ? Reach::framed : share ? Reach::shared : Reach::own);
    return {site, request, response, current.client};
  }

  Handled route(const HttpRequest& request, HttpResponse& response) {
    Call call = begin(request, response);
    if (!framed_plainly(request)) {
      refuse(response, 400, "bad_format", "the head of the request does not say plainly where its body ends");
      return Handled::Handled;
    }
    if (Connection* connection = current_connection();
        connection != nullptr && request.has_header("Transfer-Encoding")) {
      connection->close_after();  // httplib is generous with the framing of chunks
    }
    if (request.method == "POST") {
      // Its body is for post(), which httplib calls next.
      if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
        return check_origin(request, response) ? Handled::Unhandled : Handled::Handled;
      refuse(response, 411, "length_required", "the request has no body");
      return Handled::Handled;
    }
    if (has_body(request)) {
      refuse(response, 413, "too_large", "requests of this kind have no body");
      return Handled::Handled;
    }
    if (!check_origin(request, response)) return Handled::Handled;
    if (request.method == "OPTIONS") {
      preflight(request, response);
    } else if (request.method == "DELETE") {
      remove(call);
    } else if (request.method == "GET" || request.method == "HEAD") {
      if (!get(call)) send_file(request, response);
    } else {
      response.set_header("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
      refuse(response, 405, "not_allowed", "only GET, HEAD, POST and DELETE are understood here");
    }
    current.route = call.route;
    return Handled::Handled;
  }

  void answered(const HttpRequest& request, const HttpResponse& response) {
    // A request whose head cannot be read has not begun.
    const bool begun = !current.id.empty();
    const double seconds = begun ? std::chrono::duration<double>(Clock::now() - current.begun).count() : 0;
    site.metrics.answered(current.route, response.status, seconds);
    const bool notable = response.status >= 400 || request.method == "POST" || request.method == "DELETE" ||
                         (seconds > kSlowSeconds && current.route != Route::events);
    const LogLevel level = response.status >= 500 ? LogLevel::warning
                           : notable              ? LogLevel::info
                                                  : LogLevel::debug;
    const Current about = std::exchange(current, {});
    if (!logs(level)) return;
    log(level, "request",
        {{"id", about.id},
         {"client", about.client},
         {"method", request.method},
         {"path", request.path},
         {"status", static_cast<std::int64_t>(response.status)},
         {"seconds", seconds}});
  }

  void set_up() {
    http.set_tcp_nodelay(true);
    http.set_payload_max_length(limits::kMaxUploadBytes + (1u << 20));
    http.set_keep_alive_max_count(1000000);
    http.set_keep_alive_timeout(ConnectionLimits{}.keep_alive.count());
    http.set_socket_options([](socket_t socket) {  // httplib's own would share a port that another server has
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_expect_100_continue_handler([](const HttpRequest& request, HttpResponse& response) {
      if (request.method == "POST") return 100;
      add_security_headers(response, Reach::own);
      return response.status = 413;
    });
    http.set_pre_routing_handler(
        [this](const HttpRequest& request, HttpResponse& response) { return route(request, response); });
    http.Post("/.*",
              [this](const HttpRequest& request, HttpResponse& response, const httplib::ContentReader& body) {
                Call call{site, request, response, current.client};
                post(call, body);
                current.route = call.route;
              });
    http.set_post_routing_handler([](const HttpRequest&, HttpResponse& response) {
      const Connection* connection = current_connection();
      if (connection == nullptr || !connection->closes()) return;
      response.headers.erase("Keep-Alive");
      if (!response.has_header("Connection")) response.set_header("Connection", "close");
    });
    http.set_error_handler([](const HttpRequest& request, HttpResponse& response) {
      add_security_headers(response, Reach::own);
      Connection* connection = current_connection();
      if (connection != nullptr && current.id.empty()) connection->close_after();  // its end is not known
      if (connection != nullptr && connection->too_large() && response.status == 400) response.status = 431;
      if (response.status == 304 || !response.body.empty() || response.content_provider_) return;
      if (request.path.starts_with("/api/")) {
        answer_error(response, response.status, "http", httplib::status_message(response.status));
      } else {
        response.set_content(status_text(response.status), "text/plain; charset=utf-8");
      }
    });
    http.set_exception_handler(
        [](const HttpRequest& request, HttpResponse& response, std::exception_ptr problem) {
          std::string what = "unknown";
          try {
            std::rethrow_exception(problem);
          } catch (const std::exception& e) {
            what = e.what();
          } catch (...) {
          }
          log(LogLevel::error, "exception", {{"id", current.id}, {"path", request.path}, {"what", what}});
          refuse(response, 500, "internal", "the server failed to answer this request");
        });
    http.set_logger(
        [this](const HttpRequest& request, const HttpResponse& response) { answered(request, response); });
  }
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::open(const ServerOptions& options, Site& site) {
  if (options.port < 0 || options.port > 65535) {
    return Error{ErrorCode::invalid_argument, "the port must lie between 0 and 65535"};
  }
  const auto index = read_file(options.web + "/index.html", limits::kMaxServedFileBytes);
  if (options.web.empty() || !index) {
    return Error{ErrorCode::not_found, "the page is not built: there is no index.html in \"" + options.web +
                                           "\"; run tools/run.sh, or give its folder with --web"};
  }
  site.index_html.assign(index->begin(), index->end());
  auto state = std::make_unique<State>(options, site);
  state->set_up();
  state->scan();
  if (options.port == 0) {
    state->port = state->http.bind_to_any_port(options.host);
  } else if (state->http.bind_to_port(options.host, options.port)) {
    state->port = options.port;
  }
  if (state->port <= 0) {
    return Error{ErrorCode::io, "cannot listen on " + options.host + ":" + std::to_string(options.port) +
                                    ": the port is taken or not allowed; choose another with --port"};
  }
  site.connections = [http = &state->http] { return http->connections(); };
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

int HttpServer::port() const {
  return state_->port;
}

std::string HttpServer::url() const {
  const bool v6 = state_->options.host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + state_->options.host + "]" : state_->options.host) + ":" +
         std::to_string(state_->port);
}

void HttpServer::run() {
  state_->http.listen_after_bind();
}

void HttpServer::stop() {
  state_->site.stopping = true;
  state_->http.stop_serving();
}

}  // namespace terpsi::native
