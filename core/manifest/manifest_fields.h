#pragma once
// Reading entries of models/manifest.json.

#include <string_view>

#include "base/json_fields.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

// What is wrong with the manifest, and what to do about it.
inline Problem manifest_problem() {
  return {"models/manifest.json: ", "; install the models of this version again"};
}

// The fields of ModelFile: a plain file name, a SHA-256, a size within limits.h, texts.
void read_file_fields(const Fields& fields, ModelFile& file);

// The manifest as JSON, an object. Errors: too_large, bad_format.
Result<Json> parse_manifest_json(std::string_view text);

}  // namespace terpsi::manifest
