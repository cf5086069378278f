#include "native/server/dance_export.h"

#include <algorithm>
#include <array>

#include "format/dance_file.h"
#include "format/export_table.h"
#include "native/http/percent.h"
#include "native/io/png.h"
#include "native/server/share_page.h"
#include "picture/poster.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxFileName = 80;  // characters
constexpr std::string_view kPoster = "png";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// Device names on Windows, reserved with any extension.
bool is_reserved(std::string name) {
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  constexpr std::array<std::string_view, 6> kNames = {"CON", "PRN", "AUX", "NUL", "CONIN", "CONOUT"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  return name.size() == 4 && (name.starts_with("COM") || name.starts_with("LPT")) && name[3] >= '0' &&
         name[3] <= '9';
}

}  // namespace

std::string safe_file_name(std::string_view title, std::string_view extension) {
  std::string name;
  const std::size_t most = kMaxFileName - extension.size() - 1;
  for (const char c : shown_text(title)) {
    if (is_plain(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
    if (name.size() == most) break;
  }
  while (name.ends_with('_')) name.pop_back();
  while (name.starts_with('-')) name.erase(0, 1);  // would look like a command-line option
  if (name.empty()) name = "dance";
  if (is_reserved(name)) name = "dance_" + name;
  return name + '.' + std::string(extension);
}

std::string attachment_of(std::string_view title, std::string_view extension) {
  const std::string plain = safe_file_name(title, extension);
  std::string out = "attachment; filename=\"" + plain + "\"";
  std::string name = shown_text(title);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool climbs = name[i] == '.' && i > 0 && name[i - 1] == '.';
    if (climbs || std::string_view("/\\:*?\"<>|%").find(name[i]) != std::string_view::npos) name[i] = '_';
  }
  const std::size_t first = name.find_first_not_of(". -~"), last = name.find_last_not_of(". ");
  // The plain name needs no second form.
  if (first == std::string::npos || name + '.' + std::string(extension) == plain) return out;
  name = name.substr(first, last - first + 1);
  if (is_reserved(name.substr(0, name.find('.')))) name = "dance_" + name;
  out += "; filename*=UTF-8''" + percent_encoded(name + '.' + std::string(extension));
  return out;
}

Result<Exported> export_dance(std::span<const std::uint8_t> file, std::string_view format) {
  const format::ExportFormat* found = format::find_format(format);
  if (found == nullptr && format != kPoster) {
    return Error{ErrorCode::not_found, "Dances are handed out as " + format::extension_list() +
                                           "; end the address in one of these."};
  }
  const auto dance = format::read_dance(file);
  if (!dance) return dance.error();
  Exported out;
  out.file_name = safe_file_name(dance->title, format);
  if (found == nullptr) {
    const auto png = encode_png(picture::draw_poster(*dance));
    if (!png) return png.error();
    out.mime = "image/png";
    out.bytes.assign(png->begin(), png->end());
    return out;
  }
  out.mime = found->mime;
  out.disposition = attachment_of(dance->title, format);
  if (format == "dance") {  // the kept bytes
    out.bytes.assign(file.begin(), file.end());
    return out;
  }
  auto bytes = found->write(*dance);
  if (!bytes) return bytes.error();
  out.bytes = std::move(*bytes);
  return out;
}

}  // namespace terpsi::native
