#include "native/server/static_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/limits.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".onnx", "application/octet-stream"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".glb", "model/gltf-binary"},
    {".wav", "audio/wav"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".mp3", "audio/mpeg"},
    {".flac", "audio/flac"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
}};

// Vite writes "name-Hash8chr.ext" into assets/.
bool has_hash(std::string_view url) {
  if (url.find("/assets/") == std::string_view::npos) return false;
  const std::string_view name = url.substr(url.rfind('/') + 1);
  const std::size_t dash = name.rfind('-'), dot = name.find('.', dash == std::string_view::npos ? 0 : dash);
  return dash != std::string_view::npos && dot != std::string_view::npos && dot - dash - 1 >= 8;
}

}  // namespace

std::string mime_type(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot != std::string_view::npos) {
    for (const auto& [extension, type] : kTypes) {
      if (path.substr(dot) == extension) return std::string(type);
    }
  }
  return "application/octet-stream";
}

void add_folder(StaticFiles& files, const std::string& folder, const std::string& prefix) {
  std::error_code error;
  std::map<std::string, std::string> copies;  // URL path with .br or .gz -> path on disk
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().front() == '.') {
      if (it->is_directory(error)) it.disable_recursion_pending();
      continue;
    }
    if (it->is_symlink(error) || !it->is_regular_file(error)) continue;
    const std::string path = it->path().string();
    const std::string url = prefix + "/" + fs::path(path).lexically_relative(folder).generic_string();
    if (url.ends_with(".br") || url.ends_with(".gz")) {
      copies[url] = path;
    } else {
      files[url] = {path, mime_type(url), {}, {}, has_hash(url)};
    }
  }
  for (const auto& [url, path] : copies) {
    const auto original = files.find(url.substr(0, url.size() - 3));
    if (original == files.end()) continue;
    (url.ends_with(".br") ? original->second.brotli : original->second.gzip) = path;
  }
}

bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view item = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    const std::size_t semicolon = item.find(';');
    std::string_view name = item.substr(0, semicolon);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    const bool same = name.size() == coding.size() &&
                      std::equal(name.begin(), name.end(), coding.begin(), [](char a, char b) {
                        return std::tolower(static_cast<unsigned char>(a)) == b;
                      });
    if (!same) continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = item.substr(semicolon);  // q=0, q=0.0, ... refuse; anything else allows
    const std::size_t equals = weight.find('=');
    return equals == std::string_view::npos ||
           weight.find_first_of("123456789", equals) != std::string_view::npos;
  }
  return false;
}

Result<StaticContent> read_static(const StaticFile& file, std::string_view accept_encoding) {
  StaticContent content;
  std::string path = file.path;
  if (!file.brotli.empty() && accepts(accept_encoding, "br")) {
    path = file.brotli;
    content.encoding = "br";
  } else if (!file.gzip.empty() && accepts(accept_encoding, "gzip")) {
    path = file.gzip;
    content.encoding = "gzip";
  }
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return Error{ErrorCode::not_found, "the file has gone"};
  auto bytes = read_file(path, limits::kMaxServedFileBytes);
  if (!bytes) return bytes.error();
  content.body.assign(bytes->begin(), bytes->end());
  char etag[96];
  std::snprintf(etag, sizeof etag, "\"%lld-%ld-%zu%s%s\"", static_cast<long long>(about.st_mtim.tv_sec),
                about.st_mtim.tv_nsec, content.body.size(), content.encoding.empty() ? "" : "-",
                content.encoding.c_str());
  content.etag = etag;
  return content;
}

}  // namespace terpsi::native
