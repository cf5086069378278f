#include "native/evaluate/recording_figures.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/limits.h"
#include "base/statistics.h"
#include "measure/metrics.h"

namespace terpsi::native {

Figures recording_figures(const Recording& recording) {
  Figures out = Figures::object();
  std::map<std::string, double> weights;
  for (const Stretch& stretch : recording.stretches) {
    const double from = static_cast<double>(stretch.from) / limits::kFps;
    const double to = from + static_cast<double>(stretch.joints.size() - 1) / limits::kFps;
    std::vector<double> beats;
    for (const double t : recording.beats)
      if (t >= from && t <= to) beats.push_back(t - from);
    std::vector<audio::Section> sections = recording.sections;
    for (audio::Section& section : sections) {
      section.start -= from;
      section.end -= from;
    }
    const Figures figures = figures_of(
        measure_motion(stretch.joints, stretch.frames, beats.empty() ? nullptr : &beats, sections));
    for (const auto& [key, value] : figures.items()) {
      if (value.is_number_integer()) {
        out[key] = out.value(key, 0) + value.get<int>();
        continue;
      }
      double& weight = weights[key];
      const double before = out.value(key, 0.0), share = static_cast<double>(stretch.joints.size());
      out[key] = (before * weight + value.get<double>() * share) / (weight + share);
      weight += share;
    }
  }
  return out;
}

PoseStretches poses_of(const Recording& recording) {
  PoseStretches out;
  for (const Stretch& stretch : recording.stretches) out.push_back(motion::body_poses(stretch.joints));
  return out;
}

void add_novelty(Figures& figures, const PoseStretches& dance, const PoseStretches& reference) {
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
  figures["novelty"] = distance / static_cast<double>(segments);
  figures["novelty_least"] = least;
  figures["novelty_copied"] = copied / static_cast<double>(segments);
}

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

void add_means(Figures& figures, const std::vector<Figures>& rows) {
  std::vector<std::string> keys;
  std::map<std::string, std::vector<double>> values;
  for (const Figures& row : rows)
    for (const auto& [key, value] : row.items()) {
      if (!value.is_number()) continue;
      if (!values.count(key)) keys.push_back(key);
      values[key].push_back(value.get<double>());
    }
  Figures deviations = Figures::object();
  for (const std::string& key : keys) {
    const auto& list = values[key];
    figures[key] = mean(list);
    if (list.size() > 1) deviations[key] = standard_deviation(list, 1);
  }
  figures["sd"] = std::move(deviations);
}

}  // namespace terpsi::native
