#include "native/evaluate/reference.h"

#include "base/limits.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

// How far real motion is from itself: every second clip against the others, and each clip against the rest.
Status add_own_distances(Reference& reference) {
  std::vector<FeatureRow> even, odd;
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
    PoseStretches others;
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

}  // namespace

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

}  // namespace terpsi::native
