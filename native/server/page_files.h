#pragma once
// The built page and its models as a web server sends them: with entity tags, compressed copies and ranges.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "native/http/http.h"
#include "native/server/static_files.h"

namespace terpsi::native {

// May be used from any thread.
class PageFiles {
 public:
  // `models`: folder served as /models/ in place of the page's own; may be empty.
  PageFiles(std::string web, std::string models);

  // Answers a GET or HEAD; with status 404 and no body where there is no such file.
  void send(const HttpRequest& request, HttpResponse& response);

 private:
  void scan();
  std::optional<StaticFile> find(const std::string& url);

  const std::string web_, models_;
  std::mutex mutex_;  // guards what follows
  StaticFiles files_;
  std::chrono::steady_clock::time_point scanned_;
};

}  // namespace terpsi::native
