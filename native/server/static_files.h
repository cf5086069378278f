#pragma once
// The files that the web server may serve: found by walking folders, looked up by URL path afterwards. A request
// never becomes a file name, so no request can leave the folders; symbolic links are not followed.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace terpsi::native {

struct StaticFile {
  std::string path;        // on disk
  std::string mime;        // of the content, also for a compressed copy
  std::string brotli;      // path of the copy with .br appended, empty without one
  std::string gzip;        // same with .gz
  bool immutable = false;  // its name contains a hash of its content
};

using StaticFiles = std::map<std::string, StaticFile, std::less<>>;  // by URL path, e.g. "/index.html"

// Adds the regular files below `folder` as `prefix` + "/" + relative path. Hidden files are omitted; .br and .gz
// files become the compressed copies of the files beside them. A folder that cannot be read adds nothing.
void add_folder(StaticFiles& files, const std::string& folder, const std::string& prefix);

// Media type by extension, application/octet-stream when unknown.
std::string mime_type(std::string_view path);

// True when an Accept-Encoding header allows `coding` (RFC 9110, section 12.5.3).
bool accepts(std::string_view accept_encoding, std::string_view coding);

struct StaticContent {
  std::string body;
  std::string etag;      // strong: modification time and size of the file that is sent
  std::string encoding;  // "br", "gzip" or empty
};

// Reads the best copy for this Accept-Encoding. Errors: those of read_file.
Result<StaticContent> read_static(const StaticFile& file, std::string_view accept_encoding);

}  // namespace terpsi::native
