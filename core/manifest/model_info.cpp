#include "manifest/model_info.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "audio/describe/features.h"
#include "base/limits.h"
#include "manifest/condition_layout.h"
#include "manifest/manifest_fields.h"

namespace terpsi::manifest {
namespace {

bool names_exactly(const Json* tensors, std::initializer_list<const char*> names) {
  if (tensors == nullptr || !tensors->is_object() || tensors->size() != names.size()) return false;
  return std::all_of(names.begin(), names.end(), [&](const char* name) { return tensors->contains(name); });
}

void read_tensors(const Fields& fields, ModelInfo& model) {
  constexpr const char* kWrong = "must name exactly the tensors of the network contract";
  const Json* inputs = fields.find("inputs");
  model.masked = names_exactly(inputs, {"x", "t", "cond", "phrase", "mask"});
  if (!model.masked && !names_exactly(inputs, {"x", "t", "cond", "phrase"})) fields.fail("inputs", kWrong);
  if (!names_exactly(fields.find("outputs"), {"x1"})) fields.fail("outputs", kWrong);
}

void read_normalisation(const Fields& fields, ModelInfo& model) {
  const auto mean = fields.numbers("mean", motion::kMotionDims, motion::kMotionDims, -1e4, 1e4);
  const auto std = fields.numbers("std", motion::kMotionDims, motion::kMotionDims, 1e-6, 1e4);
  if (mean.size() == model.mean.size()) std::copy(mean.begin(), mean.end(), model.mean.begin());
  if (std.size() == model.std.size()) std::copy(std.begin(), std.end(), model.std.begin());
}

void read_times(const Fields& fields, ModelInfo& model) {
  model.times = fields.numbers("times", 1, limits::kMaxSamplerSteps, 0.0, 0.9999);
  for (std::size_t i = 0; i < model.times.size(); ++i) {
    const bool good = i == 0 ? model.times[0] == 0.f : model.times[i] > model.times[i - 1];
    if (!good) return fields.fail("times", "must start at 0 and ascend");
  }
}

void read_styles(const Fields& fields, ModelInfo& model, Problem& problem) {
  const Json& styles = fields.array("styles", 1, limits::kMaxStyles);
  for (std::size_t i = 0; i < styles.size() && !problem.found; ++i) {
    const Fields f(styles[i], fields.path("styles", i), problem);
    model.styles.push_back({f.text("name", 1, 64), static_cast<float>(f.number("bpm", 20, 400)),
                            static_cast<float>(f.number("magnitude", 0, 100)), f.text_or("family", "", 64)});
  }
}

void read_phrases(const Fields& fields, ModelInfo& model, Problem& problem) {
  const Json& phrases = fields.array("phrases", 0, limits::kMaxPhrases);
  const auto codes = static_cast<std::int64_t>(phrases.size());
  const auto last_style = static_cast<std::int64_t>(model.styles.size()) - 1;
  for (std::size_t i = 0; i < phrases.size() && !problem.found; ++i) {
    const Fields f(phrases[i], fields.path("phrases", i), problem);
    Phrase phrase;
    phrase.style = static_cast<int>(f.integer("style", 0, last_style));
    phrase.energy = static_cast<float>(f.number("energy", 0, 1));
    phrase.mirror = static_cast<int>(f.integer("mirror", 0, codes));
    phrase.bpm = static_cast<float>(f.number_or("bpm", 0, 400, 0));
    phrase.alike = static_cast<int>(f.number_or("alike", 0, static_cast<double>(codes), 0));
    for (const Json& pair : f.array("next", 0, limits::kMaxNext)) {
      const bool shaped = pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number();
      const double code = shaped ? pair[0].get<double>() : 0;
      const double cost = shaped ? pair[1].get<double>() : -1;
      if (!(code >= 1 && code <= static_cast<double>(codes) && code == std::floor(code) && cost >= 0 &&
            cost <= 1e6)) {
        f.fail("next", "must hold pairs [phrase code, cost >= 0]");
        break;
      }
      phrase.next.push_back({static_cast<int>(code), static_cast<float>(cost)});
    }
    model.phrases.push_back(std::move(phrase));
  }
}

void read_model(const Fields& f, ModelInfo& m, Problem& problem) {
  f.version("feature_version", audio::FeatureLayout::kVersion);
  f.version("skeleton_version", motion::kSkeletonVersion);
  f.version("condition_version", ConditionLayout::kVersion);
  read_file_fields(f, m);
  m.role = f.text("role", 1, 64);
  m.page = f.flag("page");
  m.single_step = f.flag("single_step");
  m.data = f.text("data", 0);
  f.integer("opset", 1, 100);
  m.window = static_cast<int>(f.integer("window", 8, limits::kMaxWindow));
  m.overlap = static_cast<int>(f.integer("overlap", 1, m.window / 2));
  m.condition_columns = static_cast<int>(f.integer("condition_columns", 0, 1000000));
  read_tensors(f, m);
  read_times(f, m);
  m.guidance = static_cast<float>(f.number_or("guidance", 0, limits::kMaxGuidance, 1));
  read_normalisation(f, m);
  read_styles(f, m, problem);
  read_phrases(f, m, problem);
  if (!problem.found &&
      m.condition_columns != ConditionLayout::kFixedColumns + static_cast<int>(m.styles.size())) {
    problem.set(ErrorCode::unsupported, f.path("condition_columns"),
                "is not " + std::to_string(ConditionLayout::kFixedColumns) + " + the number of styles");
  }
}

}  // namespace

const ModelInfo* Manifest::find(std::string_view name) const {
  for (const ModelInfo& model : models) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

Result<Manifest> read_generators(const Json& json) {
  Problem problem = manifest_problem();
  Manifest manifest;
  const Fields top(json, "the top level", problem);
  top.version("manifest_version", 1);
  manifest.models = read_all(top, "models", 1, problem, read_model);
  for (const ModelInfo& model : manifest.models) {
    if (manifest.find(model.name) != &model) problem.set(ErrorCode::bad_format, model.name, "is named twice");
  }
  if (problem.found) return problem.error;
  return manifest;
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto json = parse_manifest_json(text);
  if (!json) return json.error();
  return read_generators(*json);
}

}  // namespace terpsi::manifest
