#include "native/server/share_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "native/http/percent.h"
#include "native/io/id.h"
#include "picture/poster.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr int kEmbedWidth = 960, kEmbedHeight = 540;

constexpr std::uint32_t kReplacement = 0xFFFD;

// The character at text[at], which moves behind it; U+FFFD and one byte where it is not well-formed.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned lead = byte(at++);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || at + more > text.size()) return kReplacement;
  std::uint32_t c = lead & (0x3Fu >> more);
  for (std::size_t k = 0; k < more; ++k) {
    if ((byte(at + k) & 0xC0) != 0x80) return kReplacement;
    c = (c << 6) | (byte(at + k) & 0x3Fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[more] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return kReplacement;
  at += more;
  return c;
}

void append_character(std::string& out, std::uint32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_space(std::uint32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// Controls, marks that reorder text, invisible fillers, noncharacters.
bool is_dropped(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F && c != 0x200D) ||  // U+200D joins emoji
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

std::string_view without_slashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

// URL of the site without a final slash; nothing in it can end an attribute or a JSON string.
std::string base_url(const ShareInfo& info) {
  return percent_encoded(without_slashes(info.public_url), ":/[]%");
}

std::string place(const ShareInfo& info, std::string_view folder) {
  return base_url(info) + std::string(folder) + percent_encoded(info.id, "");
}

std::string shown_title(const ShareInfo& info) {
  const std::string title = shown_text(info.title);
  return title.empty() ? "Untitled dance" : title;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_any_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                   [](char a, char b) { return lower(a) == lower(b); });
}

struct Span {
  std::size_t begin, end;
};

// The first start tag `<name ...>` in the page, which is ours and has no '>' in attribute values.
std::optional<Span> find_tag(std::string_view html, std::string_view name, std::size_t from = 0) {
  for (std::size_t at = html.find('<', from); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::string_view rest = html.substr(at + 1);
    if (!starts_with_any_case(rest, name) || rest.size() == name.size()) continue;
    const char after = rest[name.size()];
    if (after != '>' && after != ' ' && after != '\n' && after != '\t' && after != '\r' && after != '/')
      continue;
    const std::size_t end = html.find('>', at);
    if (end == std::string_view::npos) return std::nullopt;
    return Span{at, end + 1};
  }
  return std::nullopt;
}

std::string tags(const ShareInfo& info, bool embed) {
  const std::string title = html_text(shown_title(info)), description = html_text(share_description(info));
  const std::string url = html_text(share_url(info)), picture = html_text(poster_url(info));
  std::string out;
  const auto meta = [&](const std::string& kind, const std::string& name, const std::string& content) {
    out += "\n    <meta " + kind + "=\"" + name + "\" content=\"" + content + "\" />";
  };
  // The browser looks for the encoding in the first 1024 bytes, which a long title can fill.
  out += "\n    <meta charset=\"utf-8\" />\n    <base href=\"../\" />";
  out += "\n    <title>" + title + " \xC2\xB7 Terpsi</title>";
  meta("name", "terpsi-dance", percent_encoded(info.id, ""));
  if (embed) meta("name", "terpsi-embed", "1");
  meta("name", "robots", "noindex");  // for those who have the link, not for search engines
  out += "\n    <link rel=\"canonical\" href=\"" + url + "\" />";
  out += "\n    <link rel=\"alternate\" type=\"application/json+oembed\" href=\"" +
         html_text(oembed_url(info)) + "\" title=\"" + title + "\" />";
  meta("property", "og:site_name", "Terpsi");
  meta("property", "og:type", "website");
  meta("property", "og:title", title);
  meta("property", "og:description", description);
  meta("property", "og:url", url);
  meta("property", "og:image", picture);
  meta("property", "og:image:type", "image/png");
  meta("property", "og:image:width", std::to_string(picture::kPosterWidth));
  meta("property", "og:image:height", std::to_string(picture::kPosterHeight));
  meta("property", "og:image:alt",
       "Poses of the dance \xE2\x80\x9C" + title + "\xE2\x80\x9D on a dark stage");
  meta("name", "twitter:card", "summary_large_image");
  meta("name", "twitter:title", title);
  meta("name", "twitter:description", description);
  meta("name", "twitter:image", picture);
  meta("name", "twitter:image:alt", "Poses of the dance on a dark stage");
  return out;
}

}  // namespace

ShareInfo share_info(const format::Dance& dance, std::string id, std::string public_url) {
  return {std::move(id), std::move(public_url), dance.title,
          dance.style,   dance.tempo_bpm,       dance.clip.seconds()};
}

std::string share_url(const ShareInfo& info) {
  return place(info, "/d/");
}

std::string embed_url(const ShareInfo& info) {
  return place(info, "/embed/");
}

std::string poster_url(const ShareInfo& info) {
  return share_url(info) + "/poster.png";
}

std::string oembed_url(const ShareInfo& info) {
  return base_url(info) + "/oembed?url=" + percent_encoded(share_url(info), "") + "&format=json";
}

std::string share_description(const ShareInfo& info) {
  const double known = std::isfinite(info.seconds) ? std::clamp(info.seconds, 0.0, 86400.0) : 0.0;
  const long seconds = std::lround(known);
  const std::string style = shown_text(info.style);
  std::string out = std::to_string(seconds / 60) + (seconds % 60 < 10 ? ":0" : ":") +
                    std::to_string(seconds % 60) + " of " + (style.empty() ? "dance" : style);
  if (std::isfinite(info.tempo_bpm) && info.tempo_bpm >= 1 && info.tempo_bpm < 1e4)
    out += " at " + std::to_string(std::lround(info.tempo_bpm)) + " BPM";
  return out + ", danced by Terpsi";
}

std::string shown_text(std::string_view text) {
  std::string out;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_character(text, at);
    if (is_space(c)) {
      space = true;
    } else if (!is_dropped(c)) {
      std::string piece;
      if (space && !out.empty()) piece = " ";
      append_character(piece, c);
      if (out.size() + piece.size() > limits::kMaxTitleBytes) break;
      out += piece;
      space = false;
    }
  }
  return out;
}

std::string html_text(std::string_view text) {
  constexpr std::string_view kSpecial = "&<>\"'";
  constexpr std::array<std::string_view, 5> kReferences = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (special == std::string_view::npos)
      out += c;
    else
      out += kReferences[special];
  }
  return out;
}

std::string share_html(std::string_view index_html, const ShareInfo& info, bool embed) {
  std::string page(index_html);
  if (const auto title = find_tag(page, "title")) {
    const auto end = find_tag(page, "/title", title->end);
    page.erase(title->begin, (end ? end->end : title->end) - title->begin);
  }
  std::size_t at = 0;
  if (const auto head = find_tag(page, "head")) {
    at = head->end;
  } else if (const auto doctype = find_tag(page, "!doctype")) {
    at = doctype->end;
  }
  return page.insert(at, tags(info, embed));
}

std::string oembed_json(const ShareInfo& info, int max_width, int max_height) {
  int width = kEmbedWidth, height = kEmbedHeight;
  if (max_width > 0 && width > max_width) {
    width = max_width;
    height = std::max(1, width * kEmbedHeight / kEmbedWidth);
  }
  if (max_height > 0 && height > max_height) {
    height = max_height;
    width = std::max(1, height * kEmbedWidth / kEmbedHeight);
  }
  const std::string title = shown_title(info);
  nlohmann::ordered_json json;
  json["version"] = "1.0";
  json["type"] = "rich";
  json["title"] = title;
  json["provider_name"] = "Terpsi";
  json["provider_url"] = base_url(info) + "/";
  json["width"] = width;
  json["height"] = height;
  json["html"] = "<iframe src=\"" + html_text(embed_url(info)) + "\" width=\"" + std::to_string(width) +
                 "\" height=\"" + std::to_string(height) + "\" title=\"" + html_text(title) +
                 "\" sandbox=\"allow-scripts allow-same-origin\" allow=\"fullscreen\" loading=\"lazy\" "
                 "frameborder=\"0\"></iframe>";
  if ((max_width <= 0 || max_width >= picture::kPosterWidth) &&
      (max_height <= 0 || max_height >= picture::kPosterHeight)) {
    json["thumbnail_url"] = poster_url(info);
    json["thumbnail_width"] = picture::kPosterWidth;
    json["thumbnail_height"] = picture::kPosterHeight;
  }
  return json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::optional<std::string> dance_id_of_url(std::string_view url, std::string_view public_url) {
  const std::string_view base = without_slashes(public_url);
  if (base.empty() || url.size() > kMaxUrlBytes) return std::nullopt;
  url = url.substr(0, url.find_first_of("?#"));
  // The origin ends at the first slash after "://" and is compared without case.
  const std::size_t scheme = base.find("://");
  const std::size_t origin =
      scheme == std::string_view::npos ? 0 : std::min(base.find('/', scheme + 3), base.size());
  if (!starts_with_any_case(url, base.substr(0, origin))) return std::nullopt;
  if (url.substr(origin, base.size() - origin) != base.substr(origin)) return std::nullopt;
  url.remove_prefix(base.size());
  for (const std::string_view folder : {"/d/", "/embed/"}) {
    if (!url.starts_with(folder)) continue;
    std::string_view id = url.substr(folder.size());
    if (id.ends_with('/')) id.remove_suffix(1);
    if (is_id(id)) return std::string(id);
  }
  return std::nullopt;
}

}  // namespace terpsi::native
