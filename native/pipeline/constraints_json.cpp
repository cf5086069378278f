#include "native/pipeline/constraints_json.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <set>
#include <vector>

#include "base/limits.h"
#include "motion/time_warp.h"
#include "native/io/dance_files.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;
using generate::Constraints, generate::JointSet, generate::Keyframe;

constexpr double kMostNumber = 1e6;
constexpr float kUnitTolerance = 0.01f;  // hand-rounded quaternions are accepted and normalised

std::string text_number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// Text of the file, cut and made harmless for a message.
std::string quoted(const std::string& text) {
  constexpr std::size_t kMost = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kMost))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (text.size() > kMost ? "...\"" : "\"");
}

std::string list_of_parts() {
  std::string out;
  for (const auto& part : generate::body_parts()) out += (out.empty() ? "" : ", ") + std::string(part.name);
  return out;
}

// Parses with a bound on depth, refusing duplicate keys.
class Parser {
 public:
  Result<Json> parse(std::string_view text) {
    const auto watch = [this](int depth, Json::parse_event_t event, Json& value) {
      return see(depth, event, value);
    };
    Json json = Json::parse(text, watch, false);
    if (!problem_.empty()) return Error{ErrorCode::bad_format, problem_};
    if (json.is_discarded()) {
      return Error{ErrorCode::bad_format,
                   "the constraints are not JSON; see docs/constraints.md for an example"};
    }
    return json;
  }

 private:
  bool see(int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    if (!problem_.empty()) return false;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= limits::kMaxConstraintsDepth) {
        problem_ =
            "the constraints are nested more than " + std::to_string(limits::kMaxConstraintsDepth) + " deep";
        return false;
      }
      if (event == Event::object_start) keys_.emplace_back();
    } else if (event == Event::object_end) {
      if (!keys_.empty()) keys_.pop_back();
    } else if (event == Event::key && !keys_.empty()) {
      if (!keys_.back().insert(value.get<std::string>()).second) {
        problem_ =
            "the key " + quoted(value.get<std::string>()) + " stands twice in one object of the constraints";
        return false;
      }
    }
    return true;
  }

  std::vector<std::set<std::string>> keys_;  // of the open objects
  std::string problem_;
};

// Reads the tree; remembers the first problem, after which everything is a default.
class Reader {
 public:
  explicit Reader(const DanceLoader& load) : load_(load) {}

  Result<Constraints> read(const Json& json) {
    if (!json.is_object()) return wrong("constraints", "an object {...} is expected");
    const auto version = json.find("terpsi_constraints");
    if (version == json.end()) {
      return wrong("constraints",
                   "the key \"terpsi_constraints\": 1 is missing; is this another kind of file?");
    }
    if (!version->is_number_integer() || *version != 1) {
      return Error{ErrorCode::unsupported,
                   "these constraints are of another version of the format; this program reads version 1"};
    }
    known_keys(json, "constraints", {"terpsi_constraints", "comment", "keyframes", "keep", "path"});
    each(json, "keyframes", limits::kMaxKeyframes,
         [this](const Json& j, const std::string& at) { keyframe(j, at); });
    each(json, "keep", limits::kMaxKeptRanges, [this](const Json& j, const std::string& at) { keep(j, at); });
    each(json, "path", limits::kMaxPathPoints,
         [this](const Json& j, const std::string& at) { path_point(j, at); });
    if (error_) return *error_;
    return std::move(out_);
  }

 private:
  static Error wrong(const std::string& at, const std::string& what) {
    return {ErrorCode::bad_format, at + ": " + what};
  }

  void fail(const std::string& at, const std::string& what) {
    if (!error_) error_ = wrong(at, what);
  }

  void known_keys(const Json& json, const std::string& at, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : json.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      std::string list;
      for (const std::string_view k : known) list += (list.empty() ? "" : ", ") + std::string(k);
      fail(at, "unknown key " + quoted(key) + "; known are " + list);
    }
  }

  template <class Read>
  void each(const Json& json, const char* key, std::size_t most, const Read& read) {
    const auto list = json.find(key);
    if (list == json.end()) return;
    if (!list->is_array()) return fail(key, "a list [...] is expected");
    if (list->size() > most) {
      if (!error_) {
        error_ = Error{ErrorCode::too_large,
                       std::string(key) + ": at most " + std::to_string(most) + " are possible"};
      }
      return;
    }
    for (std::size_t i = 0; i < list->size() && !error_; ++i) {
      const std::string at = std::string(key) + "[" + std::to_string(i) + "]";
      if ((*list)[i].is_object()) {
        read((*list)[i], at);
      } else {
        fail(at, "an object {...} is expected");
      }
    }
  }

  double number(const Json& json, const std::string& at) {
    const double value = json.is_number() ? json.get<double>() : std::nan("");
    if (std::abs(value) <= kMostNumber) return value;  // false for NaN
    fail(at, json.is_number() ? text_number(value) + " is out of range" : "a number is expected");
    return 0;
  }

  double number(const Json& json, const char* key, const std::string& at) {
    const auto it = json.find(key);
    if (it != json.end()) return number(*it, at + "." + key);
    fail(at, std::string("the key \"") + key + "\" is missing");
    return 0;
  }

  std::string text(const Json& json, const char* key, const std::string& at) {
    const auto it = json.find(key);
    if (it == json.end()) {
      fail(at, std::string("the key \"") + key + "\" is missing");
    } else if (it->is_string()) {
      return it->get<std::string>();
    } else {
      fail(at + "." + key, "a text is expected");
    }
    return {};
  }

  JointSet named(const std::string& name, const std::string& at) {
    if (const auto* part = generate::find_body_part(name)) return part->joints;
    const auto joint = std::find(motion::kJointNames.begin(), motion::kJointNames.end(), name);
    if (joint != motion::kJointNames.end()) {
      return generate::joint_bit(static_cast<int>(joint - motion::kJointNames.begin()));
    }
    fail(at, "there is no body part or joint " + quoted(name) + "; body parts are " + list_of_parts());
    return 0;
  }

  // "part": a name or a list of names; the whole body when omitted.
  JointSet part(const Json& json, const std::string& at) {
    const auto it = json.find("part");
    if (it == json.end()) return named("whole", at);
    if (it->is_string()) return named(it->get<std::string>(), at + ".part");
    if (!it->is_array() || it->empty()) {
      fail(at + ".part", "the name of a body part or a list of names is expected");
      return 0;
    }
    JointSet set = 0;
    for (const Json& name : *it) {
      if (name.is_string()) {
        set |= named(name.get<std::string>(), at + ".part");
      } else {
        fail(at + ".part", "names of body parts are expected");
      }
    }
    return set;
  }

  // Index into out_.dances of the dance that "dance" names; loads it the first time.
  std::optional<std::size_t> dance(const Json& json, const std::string& at) {
    const std::string name = text(json, "dance", at);
    if (error_) return {};
    if (const auto it = loaded_.find(name); it != loaded_.end()) return it->second;
    if (out_.dances.size() >= limits::kMaxKeptDances) {
      error_ = Error{ErrorCode::too_large, at + ".dance: at most " + std::to_string(limits::kMaxKeptDances) +
                                               " different dances are possible"};
      return {};
    }
    auto dance = load_(name);
    if (!dance) {
      error_ = Error{dance.error().code, at + ".dance: " + dance.error().message};
      return {};
    }
    if (dance->clip.frames.empty()) {
      fail(at + ".dance", "this dance has no frames");
      return {};
    }
    constexpr auto kRate = static_cast<float>(limits::kFps);
    if (dance->clip.fps != kRate) dance->clip = motion::with_fps(dance->clip, kRate);
    out_.dances.push_back(std::move(dance->clip));
    return loaded_[name] = out_.dances.size() - 1;
  }

  void rotations(const Json& json, const std::string& at, Keyframe& key) {
    if (!json.is_object() || json.empty())
      return fail(at, "an object with a quaternion for each joint is expected");
    for (const auto& [name, value] : json.items()) {
      const std::string here = at + "." + name.substr(0, 40);
      const auto joint = std::find(motion::kJointNames.begin(), motion::kJointNames.end(), name);
      if (joint == motion::kJointNames.end()) return fail(at, "there is no joint " + quoted(name));
      if (!value.is_array() || value.size() != 4) return fail(here, "four numbers [w, x, y, z] are expected");
      float q[4];
      for (std::size_t i = 0; i < 4; ++i) q[i] = static_cast<float>(number(value[i], here));
      const motion::Quat turn(q[0], q[1], q[2], q[3]);
      if (!(std::abs(turn.norm() - 1.f) < kUnitTolerance)) {
        return fail(here, "this is not a rotation: the squares of w, x, y, z must add up to 1");
      }
      const auto j = static_cast<std::size_t>(joint - motion::kJointNames.begin());
      key.rotations[j] = turn.normalized();
      key.joints |= generate::joint_bit(static_cast<int>(j));
    }
  }

  void pose_from(const Json& json, const std::string& at, Keyframe& key, bool whole_place) {
    if (!json.is_object()) return fail(at, "an object {\"dance\": ..., \"time\": ...} is expected");
    known_keys(json, at, {"dance", "time"});
    const double time = number(json, "time", at);
    const auto index = dance(json, at);
    if (!index) return;
    const motion::Clip& clip = out_.dances[*index];
    if (!(time >= 0 && time <= clip.seconds())) {
      return fail(at + ".time", text_number(time) + " is outside that dance, which lasts " +
                                    text_number(clip.seconds()) + " s");
    }
    const motion::Frame frame = motion::sample(clip, time);
    key.rotations = frame.rotations;
    const bool pelvis = (key.joints & generate::joint_bit(motion::kPelvis)) != 0;
    for (int axis = 0; axis < 3; ++axis) {
      if (whole_place || (pelvis && axis == 1)) key.root[static_cast<std::size_t>(axis)] = frame.root[axis];
    }
  }

  void keyframe(const Json& json, const std::string& at) {
    known_keys(json, at, {"time", "part", "pose_from", "rotations", "root", "facing", "comment"});
    Keyframe key;
    key.time = number(json, "time", at);
    const auto pose = json.find("pose_from"), turns = json.find("rotations"), root = json.find("root");
    const bool root_of_pose = root != json.end() && root->is_string() && *root == "pose";
    if (pose != json.end() && turns != json.end()) fail(at, "give \"pose_from\" or \"rotations\", not both");
    if (root_of_pose && pose == json.end()) fail(at + ".root", "\"pose\" needs \"pose_from\"");
    if (turns != json.end() && json.contains("part"))
      fail(at, "\"rotations\" name the joints; omit \"part\"");
    if (error_) return;
    if (pose != json.end()) {
      key.joints = part(json, at);
      if (!error_) pose_from(*pose, at + ".pose_from", key, root_of_pose);
    } else if (turns != json.end()) {
      rotations(*turns, at + ".rotations", key);
    } else if (root == json.end()) {
      fail(at, "a pose is missing: give \"pose_from\", \"rotations\" or \"root\"");
    }
    if (root != json.end() && !root_of_pose) {
      if (!root->is_array() || root->size() != 3) {
        return fail(at + ".root", "[x, y, z] in metres (null where free) or \"pose\" is expected");
      }
      for (std::size_t axis = 0; axis < 3; ++axis) {
        key.root[axis].reset();
        if (!(*root)[axis].is_null())
          key.root[axis] = static_cast<float>(number((*root)[axis], at + ".root"));
      }
    }
    if (json.contains("facing")) {
      const std::string facing = text(json, "facing", at);
      if (facing != "pose" && facing != "dance") fail(at + ".facing", "\"pose\" or \"dance\" is expected");
      key.keep_facing = facing != "dance";
    }
    out_.keyframes.push_back(key);
  }

  void keep(const Json& json, const std::string& at) {
    known_keys(json, at, {"from", "to", "part", "dance", "comment"});
    generate::KeptRange range;
    range.joints = part(json, at);
    range.from = json.contains("from") ? number(json, "from", at) : 0;
    const auto index = dance(json, at);
    if (!index) return;
    range.dance = *index;
    range.to = json.contains("to") ? number(json, "to", at) : out_.dances[*index].seconds();
    out_.kept.push_back(range);
  }

  void path_point(const Json& json, const std::string& at) {
    known_keys(json, at, {"time", "x", "z", "yaw", "comment"});
    generate::PathPoint point;
    point.time = number(json, "time", at);
    point.x = static_cast<float>(number(json, "x", at));
    point.z = static_cast<float>(number(json, "z", at));
    if (json.contains("yaw"))
      point.yaw = static_cast<float>(number(json, "yaw", at) * std::numbers::pi / 180);
    out_.path.push_back(point);
  }

  const DanceLoader& load_;
  std::map<std::string, std::size_t> loaded_;
  Constraints out_;
  std::optional<Error> error_;
};

}  // namespace

Result<Constraints> constraints_from_json(std::string_view text, const DanceLoader& load) {
  if (text.size() > limits::kMaxConstraintsBytes) {
    return Error{ErrorCode::too_large, "the constraints are larger than 4 MB"};
  }
  const auto json = Parser().parse(text);
  if (!json) return json.error();
  return Reader(load).read(*json);
}

Result<Constraints> load_constraints(const std::string& path) {
  const auto bytes = read_file(path, limits::kMaxConstraintsBytes);
  if (!bytes) return bytes.error();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  auto constraints =
      constraints_from_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()},
                            [&](const std::string& name) { return load_dance((folder / name).string()); });
  if (!constraints) return Error{constraints.error().code, path + ": " + constraints.error().message};
  return constraints;
}

}  // namespace terpsi::native
