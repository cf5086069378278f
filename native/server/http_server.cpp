#include "native/server/http_server.h"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>

#define CPPHTTPLIB_USE_POLL  // select() cannot take more than 1024 connections
#include <httplib.h>

#include "native/server/static_files.h"

namespace terpsi::native {
namespace {

using httplib::Request;
using httplib::Response;
using Clock = std::chrono::steady_clock;

constexpr auto kRescan = std::chrono::seconds(1);  // least time between two walks of the folders
constexpr std::size_t kMaxQueued = 256;            // connections waiting for a thread; more are closed

// The page runs WebAssembly (wasm-unsafe-eval) and workers, and talks to nobody else.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; base-uri "
    "'none'; "
    "form-action 'none'; frame-ancestors 'none'";

void add_security_headers(Response& response) {
  if (response.has_header("Content-Security-Policy")) return;
  response.set_header("Content-Security-Policy", kContentSecurityPolicy);
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");  // with the next: threads in the page
  response.set_header("Cross-Origin-Embedder-Policy", "require-corp");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
}

bool has_body(const Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

// Answers and closes the connection, so that an unread body is never taken for the next request. httplib
// closes when a content provider ends in failure, which this one does after the last byte.
void refuse(const Request& request, Response& response, int status, const std::string& why) {
  response.status = status;
  if (request.get_header_value("Connection") != "close") response.set_header("Connection", "close");
  response.set_content_provider(why.size(), "text/plain; charset=utf-8",
                                [why](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                  sink.write(why.data() + offset, length);
                                  return false;
                                });
}

std::string status_text(int status) {
  switch (status) {
    case 404:
      return "There is nothing at this address.\n";
    case 500:
      return "The server failed to answer this request.\n";
    default:
      return std::string(httplib::status_message(status)) + "\n";
  }
}

}  // namespace

struct HttpServer::State {
  ServerOptions options;
  int port = 0;
  httplib::Server http;

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

  void send_file(const Request& request, Response& response) {
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

  void set_up() {
    http.new_task_queue = [this] {
      return new httplib::ThreadPool(static_cast<std::size_t>(options.threads), kMaxQueued);
    };
    http.set_tcp_nodelay(true);
    http.set_read_timeout(10);
    http.set_write_timeout(30);
    http.set_keep_alive_timeout(10);
    http.set_payload_max_length(0);
    http.set_socket_options([](socket_t socket) {  // httplib's own would share a port that another server has
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_expect_100_continue_handler([](const Request&, Response& response) {
      add_security_headers(response);
      return response.status = 413;
    });
    http.set_pre_routing_handler([](const Request& request, Response& response) {
      add_security_headers(response);
      if (request.method != "GET" && request.method != "HEAD") {
        response.set_header("Allow", "GET, HEAD");
        refuse(request, response, 405, "Only GET and HEAD are allowed.\n");
        return httplib::Server::HandlerResponse::Handled;
      }
      if (has_body(request)) {
        refuse(request, response, 413, "Requests with a body are not accepted.\n");
        return httplib::Server::HandlerResponse::Handled;
      }
      return httplib::Server::HandlerResponse::Unhandled;
    });
    http.Get("/healthz", [](const Request&, Response& response) {
      response.set_header("Cache-Control", "no-store");
      response.set_content("{\"status\":\"ok\",\"version\":\"" TERPSI_VERSION "\"}\n", "application/json");
    });
    http.Get("/.*", [this](const Request& request, Response& response) { send_file(request, response); });
    http.set_error_handler([](const Request&, Response& response) {
      add_security_headers(response);
      if (response.status != 304 && response.body.empty() && !response.content_provider_) {
        response.set_content(status_text(response.status), "text/plain; charset=utf-8");
      }
    });
    http.set_exception_handler(
        [](const Request&, Response& response, std::exception_ptr) { response.status = 500; });
  }
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::open(const ServerOptions& options) {
  std::error_code error;
  if (options.port < 0 || options.port > 65535) {
    return Error{ErrorCode::invalid_argument, "the port must lie between 0 and 65535"};
  }
  if (options.web.empty() || !std::filesystem::is_regular_file(options.web + "/index.html", error)) {
    return Error{ErrorCode::not_found, "the page is not built: there is no index.html in \"" + options.web +
                                           "\"; run tools/run.sh, or give its folder with --web"};
  }
  auto state = std::make_unique<State>();
  state->options = options;
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
  state_->http.wait_until_ready();
  state_->http.stop();
}

}  // namespace terpsi::native
