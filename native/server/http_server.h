#pragma once
// The web server of `terpsi serve`: the page, the API (openapi.yaml), shared dances, and what operators need.

#include <memory>
#include <string>

#include "base/result.h"
#include "native/server/site.h"

namespace terpsi::native {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;         // 0: any free one
  std::string web;         // folder of the page; must have index.html
  std::string models;      // folder served as /models/ in place of the page's own; may be empty
  int connections = 1024;  // open at once; further ones are closed
};

class HttpServer {
 public:
  // Binds the port; connections wait until run(). `site` must outlive the server, which sets its index_html and
  // connections. Errors: not_found (no page), io (port in use or not permitted, host unknown), invalid_argument
  // (port out of range).
  static Result<std::unique_ptr<HttpServer>> open(const ServerOptions& options, Site& site);
  ~HttpServer();

  int port() const;
  std::string url() const;  // e.g. http://127.0.0.1:8080

  void run();   // serves until stop()
  void stop();  // from any thread; run() returns within a second once the answers in progress are sent

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace terpsi::native
