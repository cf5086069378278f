#include "native/networks/models.h"

#include <doctest/doctest.h>

#include "base/hash.h"
#include "native/temp_folder.h"

using namespace terpsi;

namespace {

// As parse_manifest would give it for a file with this content.
manifest::ModelInfo model_of(const std::string& file, const std::string& content) {
  manifest::ModelInfo model;
  model.name = "m";
  model.file = file;
  model.bytes = static_cast<std::int64_t>(content.size());
  model.sha256 = sha256_hex(bytes_of(content));
  return model;
}

}  // namespace

TEST_CASE("models: a folder without a manifest, or with a broken one, says so for every kind of network") {
  const test::TempFolder folder;
  const auto refused = [&](ErrorCode code) {
    const auto models = native::open_models(folder.path());
    CHECK(models.generators.error().code == code);
    CHECK(models.listeners.error().code == code);
    CHECK(models.recogniser.error().code == code);
    CHECK(models.genre.error().code == code);
    return models.generators.error().message;
  };
  CHECK(refused(ErrorCode::not_found).find("--models") != std::string::npos);
  folder.write("manifest.json", "{]");
  refused(ErrorCode::bad_format);
}

TEST_CASE("models: an entry that is wrong concerns its own kind only") {
  const test::TempFolder folder;
  folder.write("manifest.json", R"({"models": [{"name": 7}], "recognisers": [{"name": 7}]})");
  const auto models = native::open_models(folder.path());
  CHECK(models.generators.error().code != ErrorCode::not_found);
  CHECK(models.recogniser.error().code != ErrorCode::not_found);
  REQUIRE(models.listeners);
  CHECK(models.listeners->empty());
  CHECK(models.genre.error().code == ErrorCode::not_found);
}

TEST_CASE("models: weights must be the file that the manifest describes") {
  const test::TempFolder folder;
  folder.write("m.onnx", "weights");
  CHECK(native::load_weights(folder.path(), model_of("m.onnx", "weights"))->size() == 7);
  CHECK(native::load_weights(folder.path(), model_of("m.onnx", "weightz")).error().code ==
        ErrorCode::bad_format);
  CHECK(native::load_weights(folder.path(), model_of("m.onnx", "weights!")).error().code ==
        ErrorCode::bad_format);
  CHECK(native::load_weights(folder.path(), model_of("n.onnx", "weights")).error().code ==
        ErrorCode::not_found);
}

TEST_CASE("models: weights never come from another folder") {
  const test::TempFolder folder;
  folder.write("secret", "weights");
  folder.write("models/m.onnx", "weights");
  for (const char* file : {"../secret", "/etc/hostname", "..", "", ".hidden", "a\\b"}) {
    CHECK(native::load_weights(folder / "models", model_of(file, "weights")).error().code ==
          ErrorCode::bad_format);
  }
}

TEST_CASE("models: the first is the default, others go by name") {
  manifest::Manifest manifest;
  manifest.models.push_back(model_of("a", "1"));
  manifest.models.push_back(model_of("b", "2"));
  manifest.models[1].name = "n";
  CHECK(native::choose_model(manifest, "")->file == "a");
  CHECK(native::choose_model(manifest, "n")->file == "b");
  const auto unknown = native::choose_model(manifest, "o");
  CHECK(unknown.error().code == ErrorCode::not_found);
  CHECK(unknown.error().message.find("m, n") != std::string::npos);
}
