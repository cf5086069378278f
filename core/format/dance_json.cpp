#include "format/dance_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "base/limits.h"
#include "motion/kinematics.h"

namespace terpsi::format {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kVersion = 1;

OrderedJson vector_json(const motion::Vec3& v) {
  return {rounded(v.x(), 1e4), rounded(v.y(), 1e4), rounded(v.z(), 1e4)};
}

Error wrong(const std::string& what) {
  return {ErrorCode::bad_format, "this is not a dance in JSON as terpsi writes it: " + what};
}

// Exactly `count` finite numbers of at most `most` in size.
bool read_numbers(const OrderedJson& json, std::size_t count, double most, float* to) {
  if (!json.is_array() || json.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!json[i].is_number()) return false;
    to[i] = json[i].get<float>();
    if (!(std::abs(to[i]) <= most)) return false;
  }
  return true;
}

bool read_frame(const OrderedJson& root, const OrderedJson& rotations, const OrderedJson& contacts,
                motion::Frame& frame) {
  if (!read_numbers(root, 3, 1e4, frame.root.data())) return false;
  if (!rotations.is_array() || rotations.size() != motion::kJoints) return false;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    float q[4];
    if (!read_numbers(rotations[j], 4, 2, q)) return false;
    frame.rotations[j] = motion::Quat(q[0], q[1], q[2], q[3]);
    if (!(frame.rotations[j].norm() > 0.1f)) return false;
    frame.rotations[j].normalize();
  }
  return contacts.is_null() || read_numbers(contacts, motion::kContacts, 1, frame.contacts.data());
}

double number_of(const OrderedJson& json, const char* key, double otherwise) {
  const auto it = json.find(key);
  return it != json.end() && it->is_number() ? it->get<double>() : otherwise;
}

void read_origin(const OrderedJson& json, Dance& dance) {
  dance.title = text_of(json, "title");
  dance.style = text_of(json, "style");
  dance.seed = std::strtoull(text_of(json, "seed").c_str(), nullptr, 10);
  dance.energy = static_cast<float>(number_of(json, "energy", 0.5));
  dance.tempo_bpm = number_of(json, "tempo_bpm", 0);
  if (const auto model = json.find("model"); model != json.end() && model->is_object()) {
    dance.model_name = text_of(*model, "name");
    dance.model_sha256 = text_of(*model, "sha256");
  }
  const auto beats = json.find("beats"), places = json.find("beat_in_bar");
  if (beats == json.end() || !beats->is_array()) return;
  for (const auto& beat : *beats) {
    if (beat.is_number()) dance.beats.push_back(beat.get<double>());
  }
  if (places == json.end() || !places->is_array() || places->size() != dance.beats.size()) return;
  for (const auto& place : *places) {
    const double in_bar = place.is_number() ? place.get<double>() : 1;
    dance.beat_in_bar.push_back(in_bar >= 1 && in_bar <= 1000 ? static_cast<int>(in_bar) : 1);
  }
}

}  // namespace

std::string dance_to_json(const Dance& dance) {
  OrderedJson json;
  json["format"] = "terpsi-dance";
  json["version"] = kVersion;
  json["title"] = dance.title;
  json["style"] = dance.style;
  json["seed"] = std::to_string(dance.seed);
  json["energy"] = rounded(dance.energy, 1e3);
  json["model"] = {{"name", dance.model_name}, {"sha256", dance.model_sha256}};
  json["tempo_bpm"] = dance.tempo_bpm;
  json["beats"] = dance.beats;
  json["beat_in_bar"] = dance.beat_in_bar;
  json["fps"] = dance.clip.fps;
  json["joints"] = motion::kJointNames;
  json["parents"] = motion::kParents;
  for (int j = 0; j < motion::kJoints; ++j) json["offsets"].push_back(vector_json(motion::offset(j)));
  OrderedJson root = OrderedJson::array(), rotations = OrderedJson::array(), contacts = OrderedJson::array(),
              positions = OrderedJson::array();
  for (const motion::Frame& frame : dance.clip.frames) {
    root.push_back(vector_json(frame.root));
    OrderedJson turns = OrderedJson::array(), planted = OrderedJson::array(), places = OrderedJson::array();
    for (const auto& q : frame.rotations) {
      turns.push_back({rounded(q.w(), 1e5), rounded(q.x(), 1e5), rounded(q.y(), 1e5), rounded(q.z(), 1e5)});
    }
    for (const float c : frame.contacts) planted.push_back(rounded(c, 1e2));
    for (const auto& p : motion::joint_positions(frame)) places.push_back(vector_json(p));
    rotations.push_back(std::move(turns));
    contacts.push_back(std::move(planted));
    positions.push_back(std::move(places));
  }
  json["root"] = std::move(root);
  json["rotations"] = std::move(rotations);
  json["contacts"] = std::move(contacts);
  json["positions"] = std::move(positions);
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Result<Dance> dance_from_json(std::string_view text) {
  const OrderedJson json = OrderedJson::parse(text, nullptr, false);
  if (!json.is_object() || text_of(json, "format") != "terpsi-dance")
    return wrong("the key \"format\" is missing");
  if (number_of(json, "version", 0) != kVersion) {
    return Error{ErrorCode::unsupported,
                 "this dance was written by another version of terpsi; this one reads version 1"};
  }
  if (number_of(json, "fps", 0) != limits::kFps) {
    return Error{ErrorCode::unsupported, "this dance does not have 30 frames per second"};
  }
  const auto root = json.find("root"), rotations = json.find("rotations"), contacts = json.find("contacts");
  if (root == json.end() || rotations == json.end() || !root->is_array() || !rotations->is_array() ||
      root->size() != rotations->size() ||
      (contacts != json.end() && (!contacts->is_array() || contacts->size() != root->size()))) {
    return wrong("root, rotations and contacts must be arrays of equal length");
  }
  if (root->empty()) return Error{ErrorCode::empty, "this dance has no frames"};
  if (root->size() > static_cast<std::size_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large, "this dance is longer than 15 minutes"};
  }
  Dance dance;
  dance.clip.frames.resize(root->size());
  for (std::size_t i = 0; i < root->size(); ++i) {
    if (!read_frame((*root)[i], (*rotations)[i], contacts == json.end() ? OrderedJson() : (*contacts)[i],
                    dance.clip.frames[i])) {
      return wrong("frame " + std::to_string(i) + " has a wrong shape or values out of range");
    }
  }
  read_origin(json, dance);
  return dance;
}

}  // namespace terpsi::format
