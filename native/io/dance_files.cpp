#include "native/io/dance_files.h"

#include <filesystem>

#include "base/limits.h"
#include "base/text.h"
#include "format/export_table.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

Result<const format::ExportFormat*> format_of(const std::string& path) {
  const std::string extension = extension_of(path);
  const format::ExportFormat* format =
      extension.empty() ? nullptr : format::find_format(std::string_view(extension).substr(1));
  if (format != nullptr) return format;
  return Error{ErrorCode::invalid_argument, "\"" + path + "\": dances are written as " +
                                                format::extension_list() + "; end the name in one of these"};
}

}  // namespace

Status check_dance_path(const std::string& path) {
  const auto format = format_of(path);
  return format ? ok_status() : format.error();
}

Result<format::Dance> load_dance(const std::string& path) {
  const auto found = format_of(path);
  if (!found) return found.error();
  const format::ExportFormat& format = **found;
  if (format.read == nullptr) {
    return Error{ErrorCode::unsupported, "\"" + path + "\": ." + std::string(format.extension) +
                                             " files are only written; give the dance as " +
                                             format::extension_list(true)};
  }
  const auto bytes = read_file(path, format.max_bytes);
  if (!bytes) return bytes.error();
  auto dance = format.read(*bytes);
  if (dance && format.motion_only) dance->title = title_of(path);
  return dance;
}

Status save_dance(const std::string& path, const format::Dance& dance) {
  const auto format = format_of(path);
  if (!format) return format.error();
  const auto bytes = (*format)->write(dance);
  if (!bytes) return bytes.error();
  return write_file(path, *bytes);
}

std::string title_of(const std::string& song) {
  std::string title = std::filesystem::path(song).stem().string();
  if (title.size() > limits::kMaxTitleBytes) {
    title.resize(limits::kMaxTitleBytes);
    // The cut may have split a character.
    for (int i = 0; i < 3 && !is_plain_utf8(title); ++i) title.pop_back();
  }
  return is_plain_utf8(title) ? title : "untitled";
}

}  // namespace terpsi::native
