#include "native/evaluate/evaluate_sets.h"

#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "base/limits.h"
#include "measure/metrics.h"
#include "native/evaluate/reference.h"
#include "native/evaluate/style_figures.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> evaluate_set(const std::string& name, const std::string& folder, const SetsOptions& options,
                          std::size_t segment, const Reference* reference, const Styles& styles,
                          Recogniser* recogniser) {
  const auto paths = recordings_in(folder);
  if (!paths) return paths.error();
  std::vector<FeatureRow> rows;
  std::vector<Json> dances;
  std::size_t frames = 0, too_short = 0;
  double jerk = 0;  // sum over the frames
  for (const std::string& path : *paths) {
    const auto dance = load_recording(path);
    if (!dance) return dance.error();
    const std::size_t segments = rows.size();
    add_rows(*dance, segment, rows);
    too_short += rows.size() == segments;
    Json row = {{"name", dance->name}};
    const std::string style = style_of(*dance, styles);
    if (!style.empty()) row["style"] = style;
    row["seconds"] = static_cast<double>(dance->frames) / limits::kFps;
    row.update(recording_figures(*dance));
    if (recogniser != nullptr) {
      const auto figures = style_figures(*recogniser, dance->stretches, style);
      if (!figures) return figures.error();
      row.update(*figures);
    }
    if (reference != nullptr) {
      row["smoothness_index"] = measure::smoothness_index(row["jerk"].get<double>(), reference->jerk);
      row["magnitude_ratio_all"] = row["magnitude"].get<double>() / reference->magnitude;
      if (const auto of_style = reference->style_magnitude.find(style);
          of_style != reference->style_magnitude.end() && of_style->second > 0)
        row["magnitude_ratio"] = row["magnitude"].get<double>() / of_style->second;
      add_novelty(row, poses_of(*dance), reference->all_poses);
    }
    if (!options.paired.empty()) {
      const auto error = paired_error(*dance, options.paired);
      if (!error) return error.error();
      if (*error) row["mae"] = **error;
    }
    frames += dance->frames;
    jerk += row["jerk"].get<double>() * static_cast<double>(dance->frames);
    dances.push_back(std::move(row));
  }
  Json json = {{"name", name},
               {"dances", dances.size()},
               {"segments", rows.size()},
               {"too_short_for_a_segment", too_short}};
  add_means(json, dances);
  json["seconds"] = static_cast<double>(frames) / limits::kFps;
  if (reference != nullptr)  // of the whole: the mean of indices that are cut off at 100 would be too low
    json["smoothness_index"] = measure::smoothness_index(jerk / static_cast<double>(frames), reference->jerk);
  if (reference != nullptr) {
    if (rows.size() < 2)
      return Error{ErrorCode::empty,
                   "the set " + name +
                       " has fewer than two segments; give more or longer dances, or choose a "
                       "shorter --segment"};
    if (auto status = add_set_metrics(json, rows, reference->rows); !status) return status.error();
  }
  json["rows"] = dances;
  return json;
}

}  // namespace

Result<Json> evaluate_sets(const SetsOptions& options, const Models& models) {
  if (!(options.segment >= limits::kMinSegmentSeconds) || !(options.segment <= limits::kMaxSegmentSeconds))
    return Error{ErrorCode::invalid_argument, "--segment must be from 1 to 60 seconds"};
  if (options.sets.size() > limits::kMaxSets)
    return Error{ErrorCode::invalid_argument,
                 "at most " + std::to_string(limits::kMaxSets) + " sets at a time"};
  std::vector<std::pair<std::string, std::string>> sets;
  std::set<std::string> names;
  for (const std::string& set : options.sets) {
    const std::size_t at = set.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == set.size())
      return Error{ErrorCode::invalid_argument, "--set \"" + set + "\" must be NAME=FOLDER"};
    sets.emplace_back(set.substr(0, at), set.substr(at + 1));
    if (!names.insert(sets.back().first).second)
      return Error{ErrorCode::invalid_argument, "two sets have the name \"" + sets.back().first + "\""};
  }
  if (!options.reference_styles.empty() && options.reference.empty())
    return Error{ErrorCode::invalid_argument, "--reference-styles needs --reference"};

  Styles styles;
  if (!options.reference_styles.empty()) {
    auto read = read_styles(options.reference_styles);
    if (!read) return read.error();
    styles = std::move(*read);
  }
  const auto segment = static_cast<std::size_t>(std::lround(options.segment * limits::kFps));
  std::optional<Reference> reference;
  Json json = {{"format", "terpsi-evaluation"}, {"version", 1}, {"segment_s", options.segment}};
  if (!options.reference.empty()) {
    auto loaded = load_reference(options.reference, segment, styles);
    if (!loaded) return loaded.error();
    reference = std::move(*loaded);
    json["reference"] = reference->json;
  }
  auto recogniser = find_recogniser(models);
  if (!recogniser) return recogniser.error();
  json["sets"] = Json::array();
  for (const auto& [name, folder] : sets) {
    auto set = evaluate_set(name, folder, options, segment, reference ? &*reference : nullptr, styles,
                            *recogniser ? &**recogniser : nullptr);
    if (!set) return set.error();
    json["sets"].push_back(std::move(*set));
  }
  return json;
}

}  // namespace terpsi::native
