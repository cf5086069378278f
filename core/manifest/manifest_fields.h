#pragma once
// Reading models/manifest.json: one parse of the text, then one function per kind of entry (model_info.h,
// listener_info.h, recogniser_info.h, genre_info.h).

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fields.h"
#include "base/limits.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

// The manifest as JSON, not yet checked. Errors: too_large, bad_format (not JSON).
Result<Json> parse_manifest_json(std::string_view text);

// What is wrong with the manifest, and what to do about it.
inline Problem manifest_problem() {
  return {"models/manifest.json: ", "; install the models of this version again"};
}

// The fields of ModelFile: a plain file name, a SHA-256, a size within limits.h, texts.
void read_file_fields(const Fields& fields, ModelFile& file);

// 2 to limits::kMaxStyles different names; `what` is one of them, for messages: "style".
std::vector<std::string> read_names(const Fields& fields, const char* key, const std::string& what);

// read(fields, info, problem) on the first entry of the list `key`. Errors: not_found (no entry; the message
// says that there is no `what`), and what `read` finds.
template <class Info>
Result<Info> read_first(const Json& manifest, const char* key, const char* what,
                        void (*read)(const Fields&, Info&, Problem&)) {
  const auto list = manifest.find(key);
  if (list == manifest.end() || !list->is_array() || list->empty())
    return Error{ErrorCode::not_found, std::string("models/manifest.json lists no ") + what};
  Problem problem = manifest_problem();
  Info info;
  read(Fields((*list)[0], std::string(key) + "[0]", problem), info, problem);
  if (problem.found) return problem.error;
  return info;
}

// The same for every entry of the list, `least` of them or more; without the list none.
template <class Info>
std::vector<Info> read_all(const Fields& top, const char* key, std::size_t least, Problem& problem,
                           void (*read)(const Fields&, Info&, Problem&)) {
  std::vector<Info> out;
  const Json& list = top.array(key, least, limits::kMaxModels);
  for (std::size_t i = 0; i < list.size() && !problem.found; ++i)
    read(Fields(list[i], std::string(key) + "[" + std::to_string(i) + "]", problem), out.emplace_back(),
         problem);
  return out;
}

}  // namespace terpsi::manifest
