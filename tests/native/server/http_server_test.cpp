#include "native/server/http_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <vector>

#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {

// A server on a free port, answering in its own thread.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options, SiteOptions site = {}) : site_(std::move(site)) {
    options.port = 0;
    auto opened = HttpServer::open(options, site_);
    REQUIRE_MESSAGE(opened, opened.error().message);
    server_ = std::move(*opened);
    thread_ = std::thread([this] { server_->run(); });
  }
  ~RunningServer() {
    server_->stop();
    thread_.join();
  }
  int port() const { return server_->port(); }

  // A connection to it that gives up reading after so many seconds.
  int connect(int patience_s = 20) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{patience_s, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
  }

  // Sends these bytes and returns all that comes until the server closes the connection or patience ends.
  std::string raw(const std::string& request, int patience_s = 20) const {
    const int socket = connect(patience_s);
    CHECK(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
    std::string answer;
    char block[4096];
    for (ssize_t got = 0; (got = ::recv(socket, block, sizeof block, 0)) > 0;)
      answer.append(block, static_cast<std::size_t>(got));
    ::close(socket);
    return answer;
  }

  std::string get(const std::string& path, const std::string& headers = "",
                  const std::string& method = "GET") const {
    return raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers +
               "\r\n");
  }

 private:
  Site site_;  // without renders and dances
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

int status_of(const std::string& answer) {
  return answer.size() > 12 && answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

std::string body_of(const std::string& answer) {
  const auto at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.substr(at + 4);
}

bool says(const std::string& answer, const std::string& header) {
  return answer.substr(0, answer.find("\r\n\r\n") + 2).find("\r\n" + header + "\r\n") != std::string::npos;
}

struct PageFolder {
  test::TempFolder folder;
  ServerOptions options;

  PageFolder() {
    folder.write("web/index.html", "<!doctype html>page");
    folder.write("web/assets/app-Ab3dEf9h.js", "script");
    folder.write("web/assets/app-Ab3dEf9h.js.br", "small");
    folder.write("web/core.wasm", "wasm");
    folder.write("models/manifest.json", "{}");
    folder.write("secret.txt", "secret");
    std::filesystem::create_symlink(folder / "secret.txt", folder / "web/link.txt");
    options.web = folder / "web";
    options.models = folder / "models";
  }
};

}  // namespace

TEST_CASE("server: no page, a wrong port and a taken port are errors") {
  const PageFolder site;
  auto options = site.options;
  options.web = site.folder / "nothing";
  Site own{SiteOptions{}};
  CHECK(HttpServer::open(options, own).error().code == ErrorCode::not_found);
  options = site.options;
  options.port = 70000;
  CHECK(HttpServer::open(options, own).error().code == ErrorCode::invalid_argument);
  const RunningServer first(site.options);
  options.port = first.port();
  const auto second = HttpServer::open(options, own);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::io);
  CHECK(second.error().message.find("--port") != std::string::npos);
}

TEST_CASE("server: health, page, models, and the headers that make the page safe and threaded") {
  const PageFolder site;
  const RunningServer server(site.options);
  const auto health = server.get("/healthz");
  CHECK(status_of(health) == 200);
  CHECK(body_of(health).find("\"status\":\"ok\"") != std::string::npos);
  CHECK(body_of(server.get("/")) == "<!doctype html>page");
  CHECK(body_of(server.get("/models/manifest.json")) == "{}");
  CHECK(says(server.get("/core.wasm"), "Content-Type: application/wasm"));
  for (const char* path : {"/", "/healthz", "/nothing", "/core.wasm"}) {
    const auto answer = server.get(path);
    CAPTURE(answer);
    CHECK(says(answer, "Cross-Origin-Opener-Policy: same-origin"));
    CHECK(says(answer, "Cross-Origin-Embedder-Policy: require-corp"));
    CHECK(says(answer, "Cross-Origin-Resource-Policy: same-origin"));
    CHECK(says(answer, "X-Content-Type-Options: nosniff"));
    const auto policy =
        answer.find("Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
    CHECK(policy != std::string::npos);
    CHECK(answer.find("unsafe-inline") == std::string::npos);
    CHECK(answer.find("'unsafe-eval'") == std::string::npos);
  }
}

TEST_CASE("server: caching and compressed copies") {
  const PageFolder site;
  const RunningServer server(site.options);
  const auto page = server.get("/");
  CHECK(says(page, "Cache-Control: no-cache"));
  const auto at = page.find("ETag: ");
  REQUIRE(at != std::string::npos);
  const std::string etag = page.substr(at + 6, page.find("\r\n", at) - at - 6);
  const auto same = server.get("/", "If-None-Match: " + etag + "\r\n");
  CHECK(status_of(same) == 304);
  CHECK(body_of(same).empty());
  const auto script = server.get("/assets/app-Ab3dEf9h.js", "Accept-Encoding: gzip, br\r\n");
  CHECK(says(script, "Content-Encoding: br"));
  CHECK(says(script, "Content-Type: text/javascript; charset=utf-8"));
  CHECK(says(script, "Cache-Control: public, max-age=31536000, immutable"));
  CHECK(body_of(script) == "small");
  CHECK(body_of(server.get("/assets/app-Ab3dEf9h.js")) == "script");
  CHECK(body_of(server.get("/core.wasm", "Range: bytes=1-2\r\n")) == "as");
  const auto head = server.get("/core.wasm", "", "HEAD");
  CHECK(says(head, "Content-Length: 4"));
  CHECK(body_of(head).empty());
}

TEST_CASE("server: no request leaves the folders") {
  const PageFolder site;
  const RunningServer server(site.options);
  for (const char* path :
       {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
        "/assets/..\\..\\secret.txt", "//etc/passwd", "/models/../../../etc/passwd", "/models/../secret.txt",
        "/link.txt", "/assets", "/index.html%00.js", "/models//manifest.json", "/%"}) {
    const auto answer = server.get(path);
    CAPTURE(path);
    CHECK((status_of(answer) == 404 || status_of(answer) == 400));
    CHECK(answer.find("secret") == std::string::npos);
    CHECK(answer.find("root:") == std::string::npos);
    CHECK(answer.find("EXCEPTION") == std::string::npos);
  }
}

TEST_CASE("server: the page is only read; the rest of a refused request is not taken for another") {
  const PageFolder site;
  const RunningServer server(site.options);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const auto answer = server.get("/", "Content-Length: 5\r\n", method);
    CAPTURE(method);
    CHECK((status_of(answer) == 405 || status_of(answer) == 413));
  }
  const std::string inner = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string& headers : {"Content-Length: " + std::to_string(inner.size()) + "\r\n",
                                     std::string("Transfer-Encoding: chunked\r\n")}) {
    for (const char* method : {"GET", "POST"}) {
      const auto answer =
          server.raw(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + inner);
      CHECK(status_of(answer) == (method[0] == 'G' ? 413 : 405));
      CHECK(answer.find("\"ok\"") == std::string::npos);
    }
  }
  CHECK(status_of(server.get("/", "Content-Length: 99999999\r\nExpect: 100-continue\r\n", "DELETE")) == 413);
}

TEST_CASE("server: garbage and over-long requests do not stop it") {
  const PageFolder site;
  const RunningServer server(site.options);
  server.raw("\r\n\r\n", 1);
  server.raw(std::string(100, '\0') + "\r\n\r\n", 1);
  CHECK(status_of(server.raw("NONSENSE\r\n\r\n", 1)) == 400);
  CHECK(status_of(server.raw("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n", 1)) == 414);
  CHECK(status_of(server.raw("GET / HTTP/1.1\r\nX: " + std::string(20000, 'a') + "\r\n\r\n", 1)) == 400);
  std::string many;
  for (int i = 0; i < 500; ++i) many += "X" + std::to_string(i) + ": 1\r\n";
  CHECK(status_of(server.raw("GET / HTTP/1.1\r\n" + many + "\r\n", 1)) == 400);
  CHECK(status_of(server.raw("GET / HTTP/1.1\r\n" + many + many + many + many + many + many + many + many,
                             1)) >= 400);
  CHECK(status_of(server.get("/healthz")) == 200);
}

TEST_CASE("server: a file that is built while it runs is found") {
  const PageFolder site;
  const RunningServer server(site.options);
  CHECK(status_of(server.get("/new.js")) == 404);
  site.folder.write("web/new.js", "new");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  CHECK(body_of(server.get("/new.js")) == "new");
}

TEST_CASE("server: a slow client does not keep others waiting") {
  const PageFolder site;
  const RunningServer server(site.options);
  std::vector<int> slow;
  for (int i = 0; i < 16; ++i) {
    slow.push_back(server.connect());
    CHECK(::send(slow.back(), "GET / HT", 8, MSG_NOSIGNAL) == 8);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(status_of(server.get("/healthz")) == 200);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(2));
  for (const int socket : slow) ::close(socket);
}
