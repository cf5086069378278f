#include "manifest/manifest_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "base/text.h"

namespace terpsi::manifest {
namespace {

// A plain file name beside the manifest: no folders, nothing hidden.
bool is_file_name(const std::string& s) {
  if (s.empty() || s.size() > 255 || s[0] == '.') return false;
  for (unsigned char c : s) {
    if (c <= ' ' || c >= 127 || c == '/' || c == '\\' || c == ':') return false;
  }
  return true;
}

}  // namespace

void read_file_fields(const Fields& f, ModelFile& m) {
  m.name = f.text("name", 1, 64);
  m.file = f.text("file");
  m.sha256 = f.text("sha256");
  m.licence = f.text("licence");
  m.card = f.text("card", 0);
  if (!is_file_name(m.file)) f.fail("file", "must be a plain file name");
  if (!m.card.empty() && !is_file_name(m.card)) f.fail("card", "must be a plain file name");
  if (!is_sha256_hex(m.sha256)) f.fail("sha256", "must be 64 lower-case hexadecimal digits");
  m.bytes = f.integer("bytes", 1, static_cast<std::int64_t>(limits::kMaxModelBytes));
}

std::vector<std::string> read_names(const Fields& f, const char* key, const std::string& what) {
  std::vector<std::string> names;
  for (const Json& name : f.array(key, 2, limits::kMaxStyles)) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty())
      return f.fail(key, "must be an array of names"), names;
    if (std::find(names.begin(), names.end(), name.get_ref<const std::string&>()) != names.end())
      return f.fail(key, ("names a " + what + " twice").c_str()), names;
    names.push_back(name.get<std::string>());
  }
  return names;
}

Result<Json> parse_manifest_json(std::string_view text) {
  if (text.size() > limits::kMaxManifestBytes) {
    return Error{ErrorCode::too_large,
                 "models/manifest.json is larger than 16 MiB; this is not a manifest of Terpsi"};
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return Error{ErrorCode::bad_format, "models/manifest.json is not valid JSON; install the models again"};
  }
  return json;
}

}  // namespace terpsi::manifest
