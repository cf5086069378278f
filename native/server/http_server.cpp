#include "native/server/http_server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "native/http/answer.h"
#include "native/http/connection.h"
#include "native/http/log.h"
#include "native/io/file.h"
#include "native/io/id.h"
#include "native/server/endpoints.h"
#include "native/server/origin.h"
#include "native/server/page_files.h"

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
using Handled = httplib::Server::HandlerResponse;

constexpr double kSlowSeconds = 2;  // such requests are logged at info

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
  if (status == 404) return "There is nothing at this address.\n";
  if (status == 431) return "The head of the request is too large.\n";
  if (status == 500) return "The server failed to answer this request.\n";
  return std::string(httplib::status_message(status)) + "\n";
}

}  // namespace

struct HttpServer::State {
  State(ServerOptions given, Site& of)
      : options(std::move(given)),
        site(of),
        http(options.connections, {}),
        files(options.web, options.models) {}

  ServerOptions options;
  Site& site;
  int port = 0;
  ConnectionServer http;
  PageFiles files;

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

  void dispatch(Call& call) {
    const HttpRequest& request = call.request;
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (const Endpoint* endpoint = find_endpoint(reads ? "GET" : request.method, request.path, call.name)) {
      call.route = endpoint->route;
      endpoint->answer(call);
    } else if (request.method == "POST") {
      refuse(call.response, 405, "not_allowed", "nothing can be sent to this address");
    } else if (!reads) {
      answer_error(call.response, 405, "not_allowed", "nothing can be deleted at this address");
    } else if (request.path.starts_with(kApi)) {
      call.route = Route::operations;
      answer_error(call.response, 404, "not_found",
                   "there is nothing at this address; see /api/v1/openapi.yaml");
    } else {
      call.route = Route::page;
      files.send(request, call.response);
    }
    current.route = call.route;
  }

  Handled route(const HttpRequest& request, HttpResponse& response) {
    Call call = begin(request, response);
    if (!has_plain_framing(request)) {
      refuse(response, 400, "bad_format", "the head of the request does not say plainly where its body ends");
      return Handled::Handled;
    }
    if (Connection* connection = current_connection();
        connection != nullptr && request.has_header("Transfer-Encoding")) {
      connection->close_after();  // httplib is lenient about the framing of chunks
    }
    if (request.method == "POST") {
      // It is dispatched with its body, which httplib reads next.
      if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
        return check_origin(site.options, request, response) ? Handled::Unhandled : Handled::Handled;
      refuse(response, 411, "length_required", "the request has no body");
      return Handled::Handled;
    }
    if (has_body(request)) {
      refuse(response, 413, "too_large", "requests of this kind have no body");
      return Handled::Handled;
    }
    if (!check_origin(site.options, request, response)) return Handled::Handled;
    if (request.method == "OPTIONS") {
      answer_preflight(site.options, request, response);
    } else if (request.method == "GET" || request.method == "HEAD" || request.method == "DELETE") {
      dispatch(call);
    } else {
      response.set_header("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
      refuse(response, 405, "not_allowed", "only GET, HEAD, POST and DELETE are understood here");
    }
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
    http.set_socket_options(
        [](socket_t socket) {  // httplib's default would share a port that another server uses
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
                Call call{site, request, response, current.client, &body};
                dispatch(call);
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
      if (connection != nullptr && current.id.empty())
        connection->close_after();  // the end of the request is not known
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
