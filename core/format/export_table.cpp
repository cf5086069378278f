#include "format/export_table.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/json_fields.h"
#include "base/limits.h"
#include "format/bvh.h"
#include "format/dance_file.h"
#include "format/dance_json.h"
#include "format/gltf.h"

namespace terpsi::format {
namespace {

std::string text_of(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string_view view_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::string> dance_text(const Dance& dance) {
  const auto bytes = write_dance(dance);
  if (!bytes) return bytes.error();
  return text_of(*bytes);
}

Result<Dance> dance_of_bvh(std::span<const std::uint8_t> file) {
  auto clip = read_bvh(view_of(file));
  if (!clip) return clip.error();
  Dance dance;
  dance.clip = std::move(*clip);
  return dance;
}

// clang-format off
constexpr std::array<ExportFormat, 4> kFormats = {{
    {.extension = "dance", .mime = "application/octet-stream", .label = "Terpsi dance",
     .motion_only = false, .every_dancer = false, .max_bytes = limits::kMaxDanceFileBytes,
     .write = dance_text, .read = read_dance},
    {.extension = "bvh", .mime = "text/plain; charset=utf-8", .label = "BVH motion capture",
     .motion_only = true, .every_dancer = true, .max_bytes = limits::kMaxMotionFileBytes,
     .write = [](const Dance& dance) -> Result<std::string> { return write_bvh(dance.clip); },
     .read = dance_of_bvh},
    {.extension = "glb", .mime = "model/gltf-binary", .label = "glTF animation",
     .motion_only = false, .every_dancer = true, .max_bytes = 0,
     .write = [](const Dance& dance) -> Result<std::string> { return text_of(write_glb(dance)); },
     .read = nullptr},
    {.extension = "json", .mime = "application/json", .label = "JSON",
     .motion_only = false, .every_dancer = true, .max_bytes = limits::kMaxMotionFileBytes,
     .write = [](const Dance& dance) -> Result<std::string> { return dance_to_json(dance); },
     .read = [](std::span<const std::uint8_t> file) { return dance_from_json(view_of(file)); }},
}};
// clang-format on

}  // namespace

std::span<const ExportFormat> export_formats() {
  return kFormats;
}

const ExportFormat* find_format(std::string_view extension) {
  const auto it = std::find_if(kFormats.begin(), kFormats.end(),
                               [&](const ExportFormat& f) { return f.extension == extension; });
  return it == kFormats.end() ? nullptr : &*it;
}

std::string extension_list(bool readable) {
  std::vector<std::string> names;
  for (const ExportFormat& f : kFormats)
    if (!readable || f.read != nullptr) names.push_back("." + std::string(f.extension));
  std::string list = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) list += (i + 1 < names.size() ? ", " : " or ") + names[i];
  return list;
}

std::string export_formats_json() {
  Json json = Json::array();
  for (const ExportFormat& f : kFormats)
    json.push_back({{"extension", f.extension},
                    {"mime", f.mime},
                    {"label", f.label},
                    {"every_dancer", f.every_dancer},
                    {"readable", f.read != nullptr}});
  return json.dump();
}

}  // namespace terpsi::format
