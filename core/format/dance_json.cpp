#include "format/dance_json.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace terpsi::format {
namespace {

void put_number(std::string& out, double value, int decimals) {
  char text[48];
  int length = std::snprintf(text, sizeof text, "%.*f", decimals, value);
  while (length > 1 && text[length - 1] == '0') --length;  // 1.500 -> 1.5, 2.000 -> 2
  if (text[length - 1] == '.') --length;
  const std::string_view number(text, static_cast<std::size_t>(length));
  out += number == "-0" ? "0" : number;
}

template <class Items, class Put>
void put_list(std::string& out, const Items& items, Put put) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    put(item);
  }
  out += ']';
}

bool storable(double value) {
  return std::isfinite(value) && std::abs(value) < 1e9;
}

bool finite(const Dance& dance) {
  bool good = storable(static_cast<double>(dance.clip.fps)) && storable(static_cast<double>(dance.energy)) &&
              storable(dance.tempo_bpm);
  for (double beat : dance.beats) good = good && storable(beat);
  for (const motion::Frame& frame : dance.clip.frames) {
    for (float v : frame.root) good = good && storable(static_cast<double>(v));
    for (const motion::Quat& q : frame.rotations) good = good && q.coeffs().allFinite() && q.norm() < 2.f;
    for (float v : frame.contacts) good = good && storable(static_cast<double>(v));
  }
  return good;
}

}  // namespace

Result<std::string> write_dance_json(const Dance& dance) {
  if (dance.clip.frames.empty()) return Error{ErrorCode::empty, "the dance has no frames; make one first"};
  if (!finite(dance))
    return Error{ErrorCode::invalid_argument, "the dance holds values that are not finite; make it again"};
  std::string out;
  out.reserve(dance.clip.size() * 1200 + 8192);
  const auto text = [&](const std::string& s) {
    out += nlohmann::json(s).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  };
  const auto number = [&](auto v) { put_number(out, static_cast<double>(v), 5); };
  out += R"({"format":"terpsi-dance","version":1,"title":)";
  text(dance.title);
  out += ",\"style\":";
  text(dance.style);
  out += ",\"seed\":\"" + std::to_string(dance.seed) + "\",\"energy\":";
  number(dance.energy);
  out += ",\"model\":{\"name\":";
  text(dance.model_name);
  out += ",\"sha256\":";
  text(dance.model_sha256);
  out += "},\"fps\":";
  number(dance.clip.fps);
  out += ",\"frames\":" + std::to_string(dance.clip.size()) + ",\"tempo_bpm\":";
  number(dance.tempo_bpm);
  out += ",\"beats\":";
  put_list(out, dance.beats, number);
  out += ",\"beat_in_bar\":";
  put_list(out, dance.beat_in_bar, number);
  out += R"(,"up":"+Y","facing":"+Z","unit":"m","joints":[)";
  for (int j = 0; j < motion::kJoints; ++j) {
    const auto k = static_cast<std::size_t>(j);
    if (j > 0) out += ',';
    out += "{\"name\":\"" + std::string(motion::kJointNames[k]) +
           "\",\"parent\":" + std::to_string(motion::kParents[k]) + ",\"offset\":";
    put_list(out, motion::kOffsets[j], number);
    out += '}';
  }
  out += "],\"root\":";
  put_list(out, dance.clip.frames, [&](const motion::Frame& frame) { put_list(out, frame.root, number); });
  out += ",\"rotations\":";
  put_list(out, dance.clip.frames, [&](const motion::Frame& frame) {
    put_list(out, frame.rotations, [&](const motion::Quat& q) {
      const float wxyz[] = {q.w(), q.x(), q.y(), q.z()};
      put_list(out, wxyz, number);
    });
  });
  out += ",\"contacts\":";
  put_list(out, dance.clip.frames,
           [&](const motion::Frame& frame) { put_list(out, frame.contacts, number); });
  out += "}\n";
  return out;
}

}  // namespace terpsi::format
