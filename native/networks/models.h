#pragma once
// The models folder: manifest.json, read and parsed once, and the weights it names. No other file is ever
// loaded.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/genre_info.h"
#include "manifest/listener_info.h"
#include "manifest/model_info.h"
#include "manifest/recogniser_info.h"

namespace terpsi::native {

// A models folder as its manifest describes it. Entries of a kind are there or say what is wrong with them: a
// broken listener keeps no generator from dancing. Errors of all kinds where the manifest cannot be read:
// not_found (there is none), io, too_large, bad_format; else those of manifest/*_info.h.
struct Models {
  std::string folder;
  Result<manifest::Manifest> generators = manifest::Manifest();
  Result<std::vector<manifest::ListenerInfo>> listeners = std::vector<manifest::ListenerInfo>();
  Result<manifest::RecogniserInfo> recogniser = manifest::RecogniserInfo();
  Result<manifest::GenreInfo> genre = manifest::GenreInfo();
};

// The folder to use: `given` when not empty, else the environment variable TERPSI_MODELS, else "models"
// beside the executable, one folder up, in ../share/terpsi, or in the working directory, the first that has a
// manifest.json.
std::string models_folder(const std::string& given);

Models open_models(const std::string& folder);

// The model called `name`; the manifest's first when `name` is empty. Errors: not_found (lists the names).
Result<manifest::ModelInfo> choose_model(const manifest::Manifest& manifest, const std::string& name);

// A network's file, checked against its size and SHA-256. Errors: not_found, io, bad_format (differs, or a
// file name with a folder in it).
Result<std::vector<std::uint8_t>> load_weights(const std::string& folder, const manifest::ModelFile& model);

struct LoadedModel {
  manifest::ModelInfo info;
  std::vector<std::uint8_t> weights;
};

// The generator called `name` (the first when empty) with its weights. Errors: invalid_argument (no model of
// this name; lists the names), those of the manifest and of load_weights.
Result<LoadedModel> load_model(const Models& models, const std::string& name);

}  // namespace terpsi::native
