#include "native/networks/models.h"

#include <cstdlib>

#include "base/hash.h"
#include "base/limits.h"
#include "manifest/manifest_fields.h"
#include "native/io/file.h"
#include "native/io/install.h"

namespace terpsi::native {

std::string models_folder(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* set = std::getenv("TERPSI_MODELS"); set != nullptr && *set != '\0') return set;
  const std::string found = find_folder("models", "manifest.json");
  return found.empty() ? "models" : found;
}

Models open_models(const std::string& folder) {
  const auto entries = [&](const Result<Json>& manifest) {
    const auto read = [&](auto of) {
      return manifest ? of(*manifest) : decltype(of(*manifest))(manifest.error());
    };
    return Models{folder, read(manifest::read_generators), read(manifest::read_listeners),
                  read(manifest::read_recogniser), read(manifest::read_genre)};
  };
  const auto bytes = read_file(folder + "/manifest.json", limits::kMaxManifestBytes);
  if (bytes)
    return entries(
        manifest::parse_manifest_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
  if (bytes.error().code != ErrorCode::not_found) return entries(bytes.error());
  return entries(Error{ErrorCode::not_found, "there is no manifest.json in the models folder \"" + folder +
                                                 "\"; give the folder with --models"});
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

Result<LoadedModel> load_model(const Models& models, const std::string& name) {
  if (!models.generators) return models.generators.error();
  auto model = choose_model(*models.generators, name);
  if (!model) return Error{ErrorCode::invalid_argument, model.error().message};
  auto weights = load_weights(models.folder, *model);
  if (!weights) return weights.error();
  return LoadedModel{std::move(*model), std::move(*weights)};
}

}  // namespace terpsi::native
