#include "manifest/genre_info.h"

#include <algorithm>

#include "audio/pcm.h"
#include "base/limits.h"
#include "manifest/manifest_fields.h"

namespace terpsi::manifest {
namespace {

void read_genres(const Fields& f, GenreInfo& info) {
  for (const Json& genre : f.array("genres", 2, limits::kMaxStyles)) {
    if (!genre.is_string() || genre.get_ref<const std::string&>().empty())
      return f.fail("genres", "must be an array of names");
    if (std::find(info.genres.begin(), info.genres.end(), genre.get<std::string>()) != info.genres.end())
      return f.fail("genres", "names a genre twice");
    info.genres.push_back(genre.get<std::string>());
  }
}

void read_classifier(const Fields& f, GenreInfo& info, Problem& problem) {
  f.version("input_version", kGenreInputVersion);
  f.version("embedding", kEncoderColumns);
  read_file_fields(f, info.classifier);
  info.window = static_cast<int>(f.integer("window", 2, limits::kMaxWindow));
  info.hop = static_cast<int>(f.integer("hop", 1, info.window));
  info.per_second = static_cast<int>(f.integer("per_second", 1, kMaxPerSecond));
  read_genres(f, info);
  if (const Json* held_out = f.find("held_out"); held_out != nullptr) {
    info.held_out = Fields(*held_out, f.path("held_out"), problem).number("windows", 0, 1);
  }
}

void read_encoder(const Fields& f, GenreInfo& info) {
  f.version("input_version", kGenreInputVersion);
  f.version("sample_rate", audio::kAnalysisRate);
  f.version("samples", kEncoderSamples);
  f.version("embedding", kEncoderColumns);
  read_file_fields(f, info.encoder);
}

}  // namespace

Result<GenreInfo> read_genre(const Json& manifest) {
  const auto genres = manifest.find("genres");
  if (genres == manifest.end() || !genres->is_array() || genres->empty()) {
    return Error{ErrorCode::not_found, "models/manifest.json lists no genre classifier"};
  }
  Problem problem = manifest_problem();
  GenreInfo info;
  const Fields classifier((*genres)[0], "genres[0]", problem);
  read_classifier(classifier, info, problem);
  const std::string wanted = classifier.text("encoder");
  const Json& encoders = Fields(manifest, "the top level", problem).array("encoders", 1, limits::kMaxModels);
  const auto named = std::find_if(encoders.begin(), encoders.end(), [&](const Json& encoder) {
    return encoder.is_object() && encoder.contains("name") && encoder["name"] == wanted;
  });
  if (problem.found) return problem.error;
  if (named == encoders.end()) {
    classifier.fail("encoder", "names none of the encoders");
    return problem.error;
  }
  read_encoder(Fields(*named, "encoders[" + std::to_string(named - encoders.begin()) + "]", problem), info);
  if (problem.found) return problem.error;
  return info;
}

}  // namespace terpsi::manifest
