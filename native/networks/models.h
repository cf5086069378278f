#pragma once
// The models folder: manifest.json and the weights it names. Nothing else is ever loaded.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/model_info.h"

namespace terpsi::native {

// The folder to use: `given` when not empty, else the environment variable TERPSI_MODELS, else "models"
// beside the executable, one folder up, in ../share/terpsi, or in the working directory, the first that has a
// manifest.json.
std::string models_folder(const std::string& given);

// Errors: not_found (no manifest; says where it was looked for), io, too_large, and those of parse_manifest.
Result<manifest::Manifest> load_manifest(const std::string& folder);

// The model called `name`; the manifest's first when `name` is empty. Errors: not_found (lists the names).
Result<manifest::ModelInfo> choose_model(const manifest::Manifest& manifest, const std::string& name);

// A network's file, checked against its size and SHA-256. Errors: not_found, io, bad_format (differs, or a
// file name with a folder in it).
Result<std::vector<std::uint8_t>> load_weights(const std::string& folder, const manifest::ModelFile& model);

struct LoadedModel {
  manifest::ModelInfo info;
  std::vector<std::uint8_t> weights;
};

// The model called `name` (the first when empty) of the folder's manifest, with its weights. Errors:
// invalid_argument (no model of this name; lists the names), and those of load_manifest and load_weights.
Result<LoadedModel> load_model(const std::string& folder, const std::string& name);

}  // namespace terpsi::native
