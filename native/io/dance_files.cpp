#include "native/io/dance_files.h"

#include <filesystem>

#include "base/limits.h"
#include "base/text.h"
#include "format/bvh.h"
#include "format/dance_file.h"
#include "format/dance_json.h"
#include "format/gltf.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

std::string_view text_of(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Status check_dance_path(const std::string& path) {
  const std::string extension = extension_of(path);
  if (extension == ".bvh" || extension == ".dance" || extension == ".glb" || extension == ".json")
    return ok_status();
  return Error{
      ErrorCode::invalid_argument,
      "\"" + path + "\": dances are written as .bvh, .dance, .glb or .json; end the name in one of these"};
}

Result<format::Dance> load_dance(const std::string& path) {
  if (auto status = check_dance_path(path); !status) return status.error();
  const std::string extension = extension_of(path);
  if (extension == ".glb") {
    return Error{ErrorCode::unsupported,
                 "\"" + path + "\": .glb files are only written; give the dance as .dance, .bvh or .json"};
  }
  const auto bytes =
      read_file(path, extension == ".dance" ? limits::kMaxDanceFileBytes : limits::kMaxMotionFileBytes);
  if (!bytes) return bytes.error();
  if (extension == ".dance") return format::read_dance(*bytes);
  if (extension == ".json") return format::dance_from_json(text_of(*bytes));
  auto clip = format::read_bvh(text_of(*bytes));
  if (!clip) return clip.error();
  format::Dance dance;
  dance.clip = std::move(*clip);
  dance.title = title_of(path);
  return dance;
}

Status save_dance(const std::string& path, const format::Dance& dance) {
  if (auto status = check_dance_path(path); !status) return status;
  const std::string extension = extension_of(path);
  if (extension == ".bvh") return write_file(path, format::write_bvh(dance.clip));
  if (extension == ".json") return write_file(path, format::dance_to_json(dance));
  if (extension == ".glb") return write_file(path, format::write_glb(dance));
  const auto bytes = format::write_dance(dance);
  if (!bytes) return bytes.error();
  return write_file(path, *bytes);
}

std::string title_of(const std::string& song) {
  std::string title = std::filesystem::path(song).stem().string();
  if (title.size() > limits::kMaxTitleBytes) {
    title.resize(limits::kMaxTitleBytes);
    for (int i = 0; i < 3 && !is_plain_utf8(title); ++i)
      title.pop_back();  // the cut may have split a character
  }
  return is_plain_utf8(title) ? title : "untitled";
}

}  // namespace terpsi::native
