#include "native/evaluate/evaluate_sets.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "base/limits.h"
#include "base/statistics.h"
#include "measure/metrics.h"
#include "measure/motion_features.h"
#include "measure/novelty.h"
#include "measure/set_metrics.h"
#include "native/evaluate/figures.h"
#include "native/evaluate/recording.h"
#include "native/evaluate/style_figures.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;
using Styles = std::map<std::string, std::string>;
using Stretches = std::vector<std::vector<motion::BodyPose>>;

constexpr std::size_t kShiftsShown = 6;

enum Feature : std::size_t { kKinetic, kKineticRef, kGeometric, kGeometricRef, kFeatures };

// Rows of features, one a segment.
using Rows = std::vector<std::array<std::vector<double>, kFeatures>>;

struct Reference {
  std::size_t clips = 0, frames = 0;
  Rows rows;
  std::vector<std::size_t> row_clips;  // which clip each row is of
  std::vector<Stretches> poses;        // by clip
  Stretches all_poses;
  double jerk = 0, magnitude = 0;  // means over the frames
  std::map<std::string, double> style_magnitude;
  Json json;
};

template <class Values>
std::vector<double> as_vector(const Values& values) {
  return {values.begin(), values.end()};
}

void add_rows(const Recording& recording, std::size_t segment, Rows& rows) {
  for (const Stretch& stretch : recording.stretches)
    for (std::size_t from = 0; from + segment <= stretch.joints.size(); from += segment) {
      const auto part = std::span(stretch.joints).subspan(from, segment);
      rows.push_back({as_vector(measure::kinetic_features(part, limits::kFps)),
                      as_vector(measure::kinetic_features_ref(part, limits::kFps)),
                      as_vector(measure::geometric_features(part, limits::kFps)),
                      as_vector(measure::geometric_features_ref(part))});
    }
}

Eigen::MatrixXd matrix(const Rows& rows, Feature feature) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(rows.size()),
                      static_cast<Eigen::Index>(rows.empty() ? 0 : rows[0][feature].size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r][feature].size(); ++c)
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = rows[r][feature][c];
  return out;
}

Stretches poses_of(const Recording& recording) {
  Stretches out;
  for (const Stretch& stretch : recording.stretches) out.push_back(motion::body_poses(stretch.joints));
  return out;
}

// Figures of one recording: means over its stretches, weighted by frames; numbers of beats are added.
Json recording_figures(const Recording& recording) {
  Json out = Json::object();
  std::map<std::string, double> weights;
  const auto add = [&](const Figures& figures, std::size_t frames) {
    for (const auto& [key, value] : figures.items()) {
      if (value.is_number_integer()) {
        out[key] = out.value(key, 0) + value.get<int>();
        continue;
      }
      double& weight = weights[key];
      const double before = out.value(key, 0.0), share = static_cast<double>(frames);
      out[key] = (before * weight + value.get<double>() * share) / (weight + share);
      weight += share;
    }
  };
  for (const Stretch& stretch : recording.stretches) {
    const double from = static_cast<double>(stretch.from) / limits::kFps;
    const double to = from + static_cast<double>(stretch.joints.size() - 1) / limits::kFps;
    std::vector<double> beats;
    for (const double t : recording.beats)
      if (t >= from && t <= to) beats.push_back(t - from);
    if (!beats.empty()) add(beat_figures(stretch.joints, beats), stretch.joints.size());
    add(motion_figures(stretch.joints), stretch.joints.size());
    if (!stretch.frames.empty()) add(limit_figures(stretch.frames), stretch.frames.size());
  }
  return out;
}

void add_novelty(Json& json, const Stretches& dance, const Stretches& reference) {
  double distance = 0, least = INFINITY, copied = 0;
  std::size_t segments = 0;
  for (const auto& stretch : dance) {
    const auto n = measure::novelty(stretch, reference, limits::kFps);
    if (n.segments == 0) continue;
    const auto count = static_cast<double>(n.segments);
    distance += n.distance * count;
    copied += n.copied * count;
    least = std::min(least, n.least);
    segments += n.segments;
  }
  if (segments == 0) return;
  json["novelty"] = distance / static_cast<double>(segments);
  json["novelty_least"] = least;
  json["novelty_copied"] = copied / static_cast<double>(segments);
}

// Mean and standard deviation over the rows of every number in them.
void add_means(Json& json, const std::vector<Json>& rows) {
  std::vector<std::string> keys;
  std::map<std::string, std::vector<double>> values;
  for (const Json& row : rows)
    for (const auto& [key, value] : row.items()) {
      if (!value.is_number()) continue;
      if (!values.count(key)) keys.push_back(key);
      values[key].push_back(value.get<double>());
    }
  Json deviations = Json::object();
  for (const std::string& key : keys) {
    const auto& list = values[key];
    json[key] = mean(list);
    if (list.size() > 1) deviations[key] = standard_deviation(list, 1);
  }
  json["sd"] = std::move(deviations);
}

// The features whose means differ most, by name.
Json largest_shifts(const std::vector<double>& shifts, Feature feature) {
  std::vector<std::size_t> order(shifts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(shifts[a]) > std::abs(shifts[b]); });
  Json json = Json::object();
  for (std::size_t k = 0; k < std::min(kShiftsShown, order.size()); ++k) {
    const bool kinetic = feature == kKinetic || feature == kKineticRef;
    json[kinetic ? measure::kinetic_name(order[k]) : measure::geometric_name(order[k])] = shifts[order[k]];
  }
  return json;
}

// "fid_k", "div_k" and the like. Errors: those of set_metrics.
Status add_set_metrics(Json& json, const Rows& rows, const Rows& reference) {
  const std::pair<Feature, std::string> kinds[] = {
      {kKinetic, "k"}, {kKineticRef, "k_ref"}, {kGeometric, "g"}, {kGeometricRef, "g_ref"}};
  for (const auto& [feature, name] : kinds) {
    const auto m = measure::set_metrics(matrix(rows, feature), matrix(reference, feature));
    if (!m) return m.error();
    json["fid_" + name] = m->fid;
    json["div_" + name] = m->diversity;
    json["div_" + name + "_ratio"] = m->diversity / m->reference_diversity;
    json["constant_" + name] = m->constant;
    json["fid_" + name + "_of_means"] = m->fid_of_means;
    json["shifts_" + name] = largest_shifts(m->shifts, feature);
  }
  return ok_status();
}

Result<Styles> read_styles(const std::string& path) {
  const auto bytes = read_file(path, limits::kMaxManifestBytes);
  if (!bytes) return bytes.error();
  const Json json = Json::parse(bytes->begin(), bytes->end(), nullptr, false);
  const Error wrong{ErrorCode::bad_format,
                    path + " must be a JSON object of names and styles: {\"clip\": \"style\"}"};
  if (!json.is_object()) return wrong;
  Styles styles;
  for (const auto& [name, style] : json.items()) {
    if (!style.is_string()) return wrong;
    styles[name] = style.get<std::string>();
  }
  return styles;
}

std::string style_of(const Recording& recording, const Styles& styles) {
  const auto found = styles.find(recording.name);
  return found != styles.end() ? found->second : recording.style;
}

// How real motion differs from itself: every second clip against the others, and each clip against the rest.
Status add_own_distances(Reference& reference) {
  Rows even, odd;
  for (std::size_t i = 0; i < reference.rows.size(); ++i)
    (reference.row_clips[i] % 2 == 0 ? even : odd).push_back(reference.rows[i]);
  if (even.size() >= 2 && odd.size() >= 2) {
    Json halves;
    if (auto status = add_set_metrics(halves, even, odd); !status) return status;
    for (const char* key : {"fid_k", "fid_k_ref", "fid_g", "fid_g_ref"})
      reference.json[std::string(key) + "_halves"] = halves[key];
  }
  std::vector<Json> rows;
  for (std::size_t i = 0; i < reference.poses.size(); ++i) {
    Stretches others;
    for (std::size_t k = 0; k < reference.poses.size(); ++k)
      if (k != i) others.insert(others.end(), reference.poses[k].begin(), reference.poses[k].end());
    Json row = Json::object();
    add_novelty(row, reference.poses[i], others);
    rows.push_back(std::move(row));
  }
  Json means;
  add_means(means, rows);
  for (const char* key : {"novelty", "novelty_least", "novelty_copied"})
    if (means.contains(key)) reference.json[key] = means[key];
  return ok_status();
}

Result<Reference> load_reference(const std::string& folder, std::size_t segment, const Styles& styles) {
  const auto paths = recordings_in(folder);
  if (!paths) return paths.error();
  Reference out;
  std::vector<Json> rows;
  std::map<std::string, double> style_frames;
  bool styled = false;
  for (const std::string& path : *paths) {
    const auto clip = load_recording(path);
    if (!clip) return clip.error();
    add_rows(*clip, segment, out.rows);
    out.row_clips.resize(out.rows.size(), out.clips);
    out.poses.push_back(poses_of(*clip));
    out.all_poses.insert(out.all_poses.end(), out.poses.back().begin(), out.poses.back().end());
    Json figures = recording_figures(*clip);
    const auto frames = static_cast<double>(clip->frames);
    out.jerk += figures["jerk"].get<double>() * frames;
    out.magnitude += figures["magnitude"].get<double>() * frames;
    if (const std::string style = style_of(*clip, styles); !style.empty()) {
      out.style_magnitude[style] += figures["magnitude"].get<double>() * frames;
      style_frames[style] += frames;
      styled = styled || styles.count(clip->name) > 0;
    }
    out.frames += clip->frames;
    ++out.clips;
    rows.push_back(std::move(figures));
  }
  if (out.rows.size() < 2)
    return Error{ErrorCode::empty, folder + " has fewer than two segments of " +
                                       std::to_string(segment / static_cast<std::size_t>(limits::kFps)) +
                                       " s without bad frames; choose a shorter --segment"};
  if (!styles.empty() && !styled)
    return Error{ErrorCode::invalid_argument,
                 "the file of --reference-styles names none of the clips in " + folder};
  out.jerk /= static_cast<double>(out.frames);
  out.magnitude /= static_cast<double>(out.frames);
  for (auto& [style, magnitude] : out.style_magnitude) magnitude /= style_frames[style];

  out.json = {{"clips", out.clips},
              {"segments", out.rows.size()},
              {"seconds", static_cast<double>(out.frames) / limits::kFps}};
  add_means(out.json, rows);
  out.json["jerk_of_frames"] = out.jerk;
  out.json["magnitude_of_frames"] = out.magnitude;
  for (const auto& [style, magnitude] : out.style_magnitude) out.json["style_magnitude"][style] = magnitude;
  Json own;
  if (auto status = add_set_metrics(own, out.rows, out.rows); !status) return status.error();
  for (const char* key : {"div_k", "div_k_ref", "div_g", "div_g_ref", "constant_k", "constant_g"})
    out.json[key] = own[key];
  if (auto status = add_own_distances(out); !status) return status.error();
  return out;
}

// Mean joint error to the real dance of the same name, over the stretches that both have.
Result<std::optional<double>> paired_error(const Recording& recording, const std::string& folder) {
  for (const char* extension : {".dance", ".npz", ".bvh"}) {
    const std::string path = (std::filesystem::path(folder) / (recording.name + extension)).string();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    const auto real = load_recording(path);
    if (!real) return real.error();
    double sum = 0;
    std::size_t frames = 0;
    for (const Stretch& a : recording.stretches)
      for (const Stretch& b : real->stretches) {
        const std::size_t from = std::max(a.from, b.from);
        const std::size_t to = std::min(a.from + a.joints.size(), b.from + b.joints.size());
        if (to <= from) continue;
        sum += measure::paired_error(std::span(a.joints).subspan(from - a.from, to - from),
                                     std::span(b.joints).subspan(from - b.from, to - from)) *
               static_cast<double>(to - from);
        frames += to - from;
      }
    if (frames == 0) return std::optional<double>();
    return std::optional<double>(sum / static_cast<double>(frames));
  }
  return std::optional<double>();
}

Result<Json> evaluate_set(const std::string& name, const std::string& folder, const SetsOptions& options,
                          std::size_t segment, const Reference* reference, const Styles& styles,
                          Recogniser* recogniser) {
  const auto paths = recordings_in(folder);
  if (!paths) return paths.error();
  Rows rows;
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

std::string sets_table(const Json& evaluation) {
  struct Column {
    const char *heading, *key;
    double scale;
    int digits;
  };
  const Column columns[] = {
      {"dances", "dances", 1, 0},     {"BAS", "bas", 1, 3},           {"chance", "bas_chance", 1, 3},
      {"F1", "beat_f1", 1, 3},        {"skate", "foot_skate", 1, 3},  {"pfc", "pfc", 1, 2},
      {"freeze%", "freeze", 100, 1},  {"m/s", "magnitude", 1, 2},     {"ratio", "magnitude_ratio", 1, 2},
      {"jit mm", "jitter", 1000, 1},  {"FID_k", "fid_k", 1, 1},       {"FID_g", "fid_g", 1, 1},
      {"Div_k", "div_k", 1, 2},       {"Div_g", "div_g", 1, 2},       {"style%", "style_accuracy", 100, 0},
      {"repeat", "repetition", 1, 2}, {"novel cm", "novelty", 100, 1}};
  std::string out;
  char cell[64];
  const auto add = [&](const char* format, auto... values) {
    std::snprintf(cell, sizeof cell, format, values...);
    out += cell;
  };
  add("%-16s", "set");
  for (const Column& c : columns) add(" %8s", c.heading);
  const auto row = [&](const std::string& name, const Json& figures) {
    out += '\n';
    add("%-16.16s", name.c_str());
    for (const Column& c : columns) {
      const auto found = figures.find(c.key);
      if (found == figures.end())
        add(" %8s", "-");
      else
        add(" %8.*f", c.digits, found->template get<double>() * c.scale);
    }
  };
  if (const auto reference = evaluation.find("reference"); reference != evaluation.end()) {
    Json figures = *reference;
    figures["dances"] = figures["clips"];
    row("(reference)", figures);
  }
  for (const Json& set : evaluation["sets"]) row(set["name"].get<std::string>(), set);
  return out + '\n';
}

}  // namespace terpsi::native
