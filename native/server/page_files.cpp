#include "native/server/page_files.h"

#include <utility>

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kRescan = std::chrono::seconds(1);  // least time between two walks of the folders

}  // namespace

PageFiles::PageFiles(std::string web, std::string models) : web_(std::move(web)), models_(std::move(models)) {
  scan();
}

void PageFiles::scan() {
  StaticFiles found;
  add_folder(found, web_, "");
  if (!models_.empty()) add_folder(found, models_, "/models");
  files_ = std::move(found);
  scanned_ = Clock::now();
}

// A file that appeared since the last walk is found by another one, at most once in kRescan.
std::optional<StaticFile> PageFiles::find(const std::string& url) {
  const std::lock_guard lock(mutex_);
  auto it = files_.find(url);
  if (it == files_.end() && Clock::now() - scanned_ >= kRescan) {
    scan();
    it = files_.find(url);
  }
  if (it == files_.end()) return std::nullopt;
  return it->second;
}

void PageFiles::send(const HttpRequest& request, HttpResponse& response) {
  const std::string url = request.path.ends_with('/') ? request.path + "index.html" : request.path;
  const auto file = find(url);
  response.status = 404;
  if (!file) return;
  auto content = read_static(*file, request.get_header_value("Accept-Encoding"));
  if (!content) return;
  response.set_header("ETag", content->etag);
  response.set_header("Vary", "Accept-Encoding");
  response.set_header("Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.get_header_value("If-None-Match") == content->etag) {
    response.status = 304;
    return;
  }
  if (!content->encoding.empty()) response.set_header("Content-Encoding", content->encoding);
  response.status = request.ranges.empty() ? 200 : 206;
  response.set_content(std::move(content->body), file->mime);
}

}  // namespace terpsi::native
