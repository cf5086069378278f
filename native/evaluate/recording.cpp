#include "native/evaluate/recording.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <sstream>

#include "base/limits.h"
#include "format/npz.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"
#include "native/io/dance_files.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxTextBytes = 4u << 20;
constexpr std::size_t kShortestStretch = limits::kFps;
constexpr float kMaxDistance = 1e4f;  // metres

struct Raw {
  std::vector<motion::JointPositions> joints;
  std::vector<motion::Frame> frames;
  std::vector<bool> bad;
};

Error wrong(const std::string& path, const std::string& what) {
  return {ErrorCode::bad_format, path + ": " + what};
}

Result<Raw> read_npz(const std::string& path) {
  const auto bytes = read_file(path, limits::kMaxMotionFileBytes);
  if (!bytes) return bytes.error();
  const auto npz = format::parse_npz(*bytes);
  if (!npz) return Error{npz.error().code, path + ": " + npz.error().message};
  const auto places = npz->find("joints");
  if (places == npz->end() || places->second.shape.size() != 3 ||
      places->second.shape[1] != motion::kJoints || places->second.shape[2] != 3)
    return wrong(path,
                 "array 'joints' must have the shape (frames, 24, 3); `terpsi retarget` writes such files");
  const std::size_t count = places->second.shape[0];
  if (count > static_cast<std::size_t>(limits::kMaxFrames))
    return Error{ErrorCode::too_large, path + " is longer than 15 minutes"};
  const auto values = format::to_floats(places->second);
  if (!values) return values.error();

  Raw raw;
  raw.joints.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      const float* p = values->data() + (i * motion::kJoints + j) * 3;
      raw.joints[i][j] = {p[0], p[1], p[2]};
    }
  if (const auto rate = npz->find("fps"); rate != npz->end()) {
    const auto fps = format::to_floats(rate->second);
    if (!fps || fps->size() != 1 || (*fps)[0] != static_cast<float>(limits::kFps))
      return wrong(path, "array 'fps' must be 30; `terpsi retarget` brings any rate to it");
  }
  raw.bad.assign(count, false);
  if (const auto marks = npz->find("bad"); marks != npz->end()) {
    const auto bad = format::to_floats(marks->second);
    if (!bad || bad->size() != count) return wrong(path, "array 'bad' must have one value for each frame");
    for (std::size_t i = 0; i < count; ++i) raw.bad[i] = (*bad)[i] != 0;
  }
  if (const auto vectors = npz->find("motion"); vectors != npz->end()) {
    const auto motion = format::to_floats(vectors->second);
    if (!motion || motion->size() != count * motion::kMotionDims)
      return wrong(path, "array 'motion' must have the shape (frames, 151)");
    raw.frames = motion::decode(*motion).frames;
  }
  return raw;
}

// Sections beside the file, if any.
Result<std::vector<audio::Section>> sections_beside(std::filesystem::path path) {
  std::vector<audio::Section> sections;
  path.replace_extension(".sections");
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return sections;
  const auto bytes = read_file(path.string(), kMaxTextBytes);
  if (!bytes) return bytes.error();
  std::istringstream lines(std::string(bytes->begin(), bytes->end()));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    audio::Section section{};
    if (!(words >> section.start >> section.end >> section.label) || !(section.end > section.start) ||
        (!sections.empty() && section.start < sections.back().end))
      return wrong(path.string(), "each line must have start, end and label of a section, in order");
    sections.push_back(section);
  }
  if (sections.empty()) return Error{ErrorCode::empty, path.string() + " has no sections"};
  return sections;
}

// Beats beside the file, if any.
Result<std::vector<double>> beats_beside(const std::filesystem::path& path) {
  for (const char* ending : {".beats", ".beats.txt"}) {
    std::filesystem::path beside = path;
    beside.replace_extension(ending);
    std::error_code ignored;
    if (std::filesystem::exists(beside, ignored))
      return read_beats(beside.string(), 0, std::numeric_limits<double>::infinity());
  }
  return std::vector<double>();
}

Status cut(const std::string& path, Raw raw, Recording& out) {
  const auto usable = [&](std::size_t i) { return i < raw.joints.size() && !raw.bad[i]; };
  for (std::size_t from = 0; from < raw.joints.size();) {
    std::size_t to = from;
    for (; usable(to); ++to)
      for (const motion::Vec3& p : raw.joints[to])
        if (!(p.cwiseAbs().maxCoeff() <= kMaxDistance) || !p.allFinite())
          return wrong(path, "frame " + std::to_string(to) +
                                 " is not marked bad, but has joints that are not finite or beyond 10 km");
    if (to - from >= kShortestStretch) {
      const auto a = static_cast<std::ptrdiff_t>(from), b = static_cast<std::ptrdiff_t>(to);
      Stretch stretch{from, {raw.joints.begin() + a, raw.joints.begin() + b}, {}};
      if (!raw.frames.empty()) stretch.frames.assign(raw.frames.begin() + a, raw.frames.begin() + b);
      out.frames += to - from;
      out.stretches.push_back(std::move(stretch));
    }
    from = to + 1;
  }
  if (out.stretches.empty())
    return Error{ErrorCode::empty, path + " has no second of motion without a bad frame"};
  return ok_status();
}

}  // namespace

Result<std::vector<double>> read_beats(const std::string& path, double from, double to) {
  const auto bytes = read_file(path, kMaxTextBytes);
  if (!bytes) return bytes.error();
  std::istringstream lines(std::string(bytes->begin(), bytes->end()));
  std::vector<double> beats;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    double time = 0;
    if (words >> time && time >= from && time < to) beats.push_back(time - from);
  }
  if (beats.empty())
    return Error{ErrorCode::empty,
                 path + " has no beat times in the chosen part; each line must begin with seconds"};
  std::sort(beats.begin(), beats.end());
  return beats;
}

Result<Recording> load_recording(const std::string& path) {
  Recording out;
  out.name = std::filesystem::path(path).stem().string();
  Raw raw;
  if (extension_of(path) == ".npz") {
    auto read = read_npz(path);
    if (!read) return read.error();
    raw = std::move(*read);
  } else {
    auto dance = load_dance(path);
    if (!dance) return Error{dance.error().code, path + ": " + dance.error().message};
    out.style = dance->style;
    out.beats = dance->beats;
    raw.joints = motion::joint_positions(dance->clip);
    raw.frames = std::move(dance->clip.frames);
    raw.bad.assign(raw.joints.size(), false);
  }
  auto beats = beats_beside(path);
  if (!beats) return beats.error();
  if (!beats->empty()) out.beats = std::move(*beats);
  auto sections = sections_beside(path);
  if (!sections) return sections.error();
  out.sections = std::move(*sections);
  if (auto status = cut(path, std::move(raw), out); !status) return status.error();
  return out;
}

Result<std::vector<std::string>> recordings_in(const std::string& folder) {
  std::error_code failed;
  std::filesystem::directory_iterator entries(folder, failed);
  if (failed)
    return Error{ErrorCode::not_found, "cannot read the folder " + folder + ": " + failed.message()};
  const std::vector<std::string> order = {".dance", ".npz", ".bvh"};
  std::map<std::string, std::pair<std::size_t, std::string>> chosen;  // by name: rank and path
  for (; entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
    const std::string path = entries->path().string();
    const auto rank =
        static_cast<std::size_t>(std::find(order.begin(), order.end(), extension_of(path)) - order.begin());
    if (rank == order.size()) continue;
    const auto at = chosen.emplace(entries->path().stem().string(), std::pair{rank, path}).first;
    if (rank < at->second.first) at->second = {rank, path};
    if (chosen.size() > limits::kMaxRecordings)
      return Error{ErrorCode::too_large,
                   folder + " has more than " + std::to_string(limits::kMaxRecordings) + " motions"};
  }
  if (failed) return Error{ErrorCode::io, "cannot read the folder " + folder + ": " + failed.message()};
  if (chosen.empty()) return Error{ErrorCode::empty, folder + " has no motion files (.dance, .npz or .bvh)"};
  std::vector<std::string> paths;
  for (const auto& [name, file] : chosen) paths.push_back(file.second);
  return paths;
}

}  // namespace terpsi::native
