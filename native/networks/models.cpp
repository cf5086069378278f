#include "native/networks/models.h"

#include <cstdlib>

#include "base/hash.h"
#include "base/limits.h"
#include "native/io/file.h"
#include "native/io/install.h"

namespace terpsi::native {

std::string models_folder(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* set = std::getenv("TERPSI_MODELS"); set != nullptr && *set != '\0') return set;
  const std::string found = find_folder("models", "manifest.json");
  return found.empty() ? "models" : found;
}

Result<manifest::Manifest> load_manifest(const std::string& folder) {
  auto bytes = read_file(folder + "/manifest.json", limits::kMaxManifestBytes);
  if (!bytes) {
    if (bytes.error().code != ErrorCode::not_found) return bytes.error();
    return Error{ErrorCode::not_found, "there is no manifest.json in the models folder \"" + folder +
                                           "\"; give the folder with --models"};
  }
  return manifest::parse_manifest({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

Result<manifest::ModelInfo> choose_model(const manifest::Manifest& manifest, const std::string& name) {
  if (name.empty() && !manifest.models.empty()) return manifest.models.front();
  if (const auto* model = manifest.find(name)) return *model;
  std::string names;
  for (const auto& model : manifest.models) names += (names.empty() ? "" : ", ") + model.name;
  return Error{ErrorCode::not_found, "there is no model \"" + name + "\"; the manifest has: " + names};
}

Result<std::vector<std::uint8_t>> load_weights(const std::string& folder, const manifest::ModelFile& model) {
  if (model.file.empty() || model.file.front() == '.' ||
      model.file.find_first_of("/\\") != std::string::npos) {
    return Error{ErrorCode::bad_format,
                 "the manifest names the file \"" + model.file + "\", which is not a plain file name"};
  }
  const std::string path = folder + "/" + model.file;
  auto bytes = read_file(path, limits::kMaxModelBytes);
  if (!bytes) return bytes;
  if (static_cast<std::int64_t>(bytes->size()) != model.bytes || sha256_hex(*bytes) != model.sha256) {
    return Error{
        ErrorCode::bad_format,
        path + " is not the file its manifest describes (size or SHA-256 differ); fetch the models again"};
  }
  return bytes;
}

Result<LoadedModel> load_model(const std::string& folder, const std::string& name) {
  const auto manifest = load_manifest(folder);
  if (!manifest) return manifest.error();
  auto model = choose_model(*manifest, name);
  if (!model) return Error{ErrorCode::invalid_argument, model.error().message};
  auto weights = load_weights(folder, *model);
  if (!weights) return weights.error();
  return LoadedModel{std::move(*model), std::move(*weights)};
}

}  // namespace terpsi::native
