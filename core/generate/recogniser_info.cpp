#include "generate/recogniser_info.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "motion/recogniser_input.h"
#include "motion/skeleton.h"

namespace terpsi::generate {
namespace {

using Json = nlohmann::json;

Error wrong(const std::string& field, const std::string& what, ErrorCode code = ErrorCode::bad_format) {
  return {code, "models/manifest.json: recognisers[0]." + field + " " + what +
                    "; install the models of this version again"};
}

// A member that is missing or of another type reads as null.
const Json& member(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto it = object.find(key);
  return it == object.end() ? kNull : *it;
}

// -1 unless a whole number in [low, high].
std::int64_t whole(const Json& object, const char* key, std::int64_t low, std::int64_t high) {
  const Json& value = member(object, key);
  const double v = value.is_number() ? value.get<double>() : -1;
  if (!(v >= static_cast<double>(low) && v <= static_cast<double>(high)) || v != std::floor(v)) return -1;
  return static_cast<std::int64_t>(v);
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace

int RecogniserInfo::find(std::string_view style) const {
  for (std::size_t i = 0; i < styles.size(); ++i) {
    if (styles[i] == style) return static_cast<int>(i);
  }
  return -1;
}

Result<RecogniserInfo> parse_recogniser(std::string_view manifest) {
  if (manifest.size() > limits::kMaxManifestBytes) {
    return Error{ErrorCode::too_large,
                 "models/manifest.json is larger than 16 MiB; this is not a manifest of Terpsi"};
  }
  const Json json = Json::parse(manifest, nullptr, false);
  if (json.is_discarded()) {
    return Error{ErrorCode::bad_format, "models/manifest.json is not valid JSON; install the models again"};
  }
  const Json& list = member(json, "recognisers");
  if (!list.is_array() || list.empty()) {
    return Error{ErrorCode::not_found, "models/manifest.json lists no style recogniser"};
  }
  const Json& entry = list[0];
  RecogniserInfo info;
  for (const auto& [key, ours] : {std::pair{"skeleton_version", motion::kSkeletonVersion},
                                  {"input_version", motion::kRecogniserInputVersion}}) {
    if (whole(entry, key, ours, ours) != ours)
      return wrong(key, "is not " + std::to_string(ours), ErrorCode::unsupported);
  }
  if (whole(entry, "channels", 1, 1000000) != motion::kRecogniserChannels)
    return wrong("channels", "is not " + std::to_string(motion::kRecogniserChannels), ErrorCode::unsupported);
  info.name = text(entry, "name");
  info.file = text(entry, "file");
  info.sha256 = text(entry, "sha256");
  for (const auto& [key, value] :
       {std::pair{"name", &info.name}, {"file", &info.file}, {"sha256", &info.sha256}}) {
    if (value->empty() || value->size() > 255) return wrong(key, "must be a text");
  }
  info.bytes = whole(entry, "bytes", 1, static_cast<std::int64_t>(limits::kMaxModelBytes));
  if (info.bytes < 1) return wrong("bytes", "is out of range");
  info.window = static_cast<int>(whole(entry, "window", 2, limits::kMaxWindow));
  if (info.window < 2) return wrong("window", "is out of range");
  info.hop = static_cast<int>(whole(entry, "hop", 1, info.window));
  if (info.hop < 1) return wrong("hop", "is out of range");
  const Json& styles = member(entry, "styles");
  if (!styles.is_array() || styles.size() < 2 || styles.size() > limits::kMaxStyles)
    return wrong("styles", "must be an array of 2 to 64 names");
  for (const Json& style : styles) {
    if (!style.is_string() || style.get_ref<const std::string&>().empty())
      return wrong("styles", "must be an array of 2 to 64 names");
    if (info.find(style.get<std::string>()) >= 0) return wrong("styles", "names a style twice");
    info.styles.push_back(style.get<std::string>());
  }
  const Json& held_out = member(member(entry, "held_out"), "styles");
  if (held_out.is_null()) return info;
  if (!held_out.is_array() || held_out.size() != info.styles.size())
    return wrong("held_out.styles", "must have one number for each style");
  for (const Json& value : held_out) {
    const double share = value.is_number() ? value.get<double>() : -1;
    if (!(share >= 0 && share <= 1)) return wrong("held_out.styles", "must hold shares from 0 to 1");
    info.held_out.push_back(static_cast<float>(share));
    info.held_out_mean += share / static_cast<double>(info.styles.size());
  }
  return info;
}

}  // namespace terpsi::generate
