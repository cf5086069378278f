#pragma once
// How a shared dance appears on other sites: the share page with its tags, and the oEmbed answer. Pure functions;
// titles are untrusted.
//
// /d/{id}, /embed/{id} and /d/{id}/poster.png are fetched and framed by other origins and need
// Cross-Origin-Resource-Policy: cross-origin. The page has <base href="../">: its Content-Security-Policy needs
// base-uri 'self', and that of /embed/{id} frame-ancestors *.

#include <optional>
#include <string>
#include <string_view>

#include "format/dance.h"

namespace terpsi::native {

struct ShareInfo {
  std::string id;          // as is_id() allows
  std::string public_url;  // of the site, e.g. https://example.org/terpsi, with or without a final slash
  std::string title;       // any bytes; shown as "Untitled dance" when nothing of it can be shown
  std::string style;       // any bytes, or empty
  double tempo_bpm = 0;    // 0: unknown
  double seconds = 0;      // duration
};

ShareInfo share_info(const format::Dance& dance, std::string id, std::string public_url);

std::string share_url(const ShareInfo& info);   // .../d/ID
std::string embed_url(const ShareInfo& info);   // .../embed/ID
std::string poster_url(const ShareInfo& info);  // .../d/ID/poster.png
std::string oembed_url(const ShareInfo& info);  // .../oembed?url=...&format=json, of this dance

// "0:42 of hiphop at 120 BPM, danced by Terpsi", without what is unknown. Plain text, not HTML.
std::string share_description(const ShareInfo& info);

// `text` in a form that can be shown: well-formed UTF-8 (the rest becomes U+FFFD) without control characters,
// noncharacters and characters that reorder text; runs of white space become one space, those at the ends none. At
// most limits::kMaxTitleBytes, cut between characters.
std::string shown_text(std::string_view text);

// `text` with & < > " ' as character references: safe in HTML text and in quoted attribute values.
std::string html_text(std::string_view text);

// The built page for one dance: `index_html` with its <title> replaced and, right after <head>: base address,
// Open Graph and Twitter tags, oEmbed discovery, <meta name="terpsi-dance" content=ID>, and for `embed` also
// <meta name="terpsi-embed" content="1">. Without a <head> the tags follow the doctype.
std::string share_html(std::string_view index_html, const ShareInfo& info, bool embed);

// The answer to /oembed (oEmbed 1.0, type rich). max_width and max_height: pixels; 0 or less: no limit. The
// picture is omitted when it exceeds the limits, as the specification demands.
std::string oembed_json(const ShareInfo& info, int max_width, int max_height);

// The id in the URL of a share or embed page of this site: public_url/d/ID or public_url/embed/ID, optionally
// followed by a slash, a query or a fragment; scheme and host in any case. Nothing for every other URL.
std::optional<std::string> dance_id_of_url(std::string_view url, std::string_view public_url);

}  // namespace terpsi::native
