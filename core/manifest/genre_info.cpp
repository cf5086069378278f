#include "manifest/genre_info.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "audio/pcm.h"
#include "manifest/manifest_fields.h"

namespace terpsi::manifest {
namespace {

// The entry of the classifier, and the name of its encoder.
struct Classifier {
  GenreInfo info;
  std::string encoder;
};

void read_classifier(const Fields& f, Classifier& out, Problem& problem) {
  GenreInfo& info = out.info;
  f.version("input_version", kGenreInputVersion);
  f.version("embedding", kEncoderColumns);
  read_file_fields(f, info.classifier);
  info.window = static_cast<int>(f.integer("window", 2, limits::kMaxWindow));
  info.hop = static_cast<int>(f.integer("hop", 1, info.window));
  info.per_second = static_cast<int>(f.integer("per_second", 1, kMaxPerSecond));
  info.genres = read_names(f, "genres", "genre");
  if (const Json* held_out = f.find("held_out"); held_out != nullptr) {
    info.held_out = Fields(*held_out, f.path("held_out"), problem).number("windows", 0, 1);
  }
  out.encoder = f.text("encoder");
}

void read_encoder(const Fields& f, ModelFile& encoder) {
  f.version("input_version", kGenreInputVersion);
  f.version("sample_rate", audio::kAnalysisRate);
  f.version("samples", kEncoderSamples);
  f.version("embedding", kEncoderColumns);
  read_file_fields(f, encoder);
}

}  // namespace

Result<GenreInfo> read_genre(const Json& manifest) {
  auto classifier = read_first(manifest, "genres", "genre classifier", read_classifier);
  if (!classifier) return classifier.error();
  Problem problem = manifest_problem();
  const Json& encoders = Fields(manifest, "the top level", problem).array("encoders", 1, limits::kMaxModels);
  const auto named = std::find_if(encoders.begin(), encoders.end(), [&](const Json& encoder) {
    const auto name = encoder.find("name");  // the end where the entry is not an object
    return name != encoder.end() && name->is_string() &&
           name->get_ref<const std::string&>() == classifier->encoder;
  });
  if (named == encoders.end()) {
    problem.set(ErrorCode::bad_format, "genres[0].encoder", "names none of the encoders");
  } else {
    const std::string where = "encoders[" + std::to_string(named - encoders.begin()) + "]";
    read_encoder(Fields(*named, where, problem), classifier->info.encoder);
  }
  if (problem.found) return problem.error;
  return std::move(classifier->info);
}

}  // namespace terpsi::manifest
