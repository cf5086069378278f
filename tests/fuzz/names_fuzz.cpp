// Reads arbitrary bytes as what strangers write into addresses and titles: ids, links to dances, titles,
// names of files, encodings.

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_fields.h"
#include "base/limits.h"
#include "base/text.h"
#include "native/io/id.h"
#include "native/server/share_page.h"
#include "native/server/static_files.h"

namespace {

using namespace terpsi::native;

void check(bool good) {
  if (!good) std::abort();
}

bool has(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

const std::string kPublic = "https://Dance.example.org/terpsi";
const std::string kId = "abcdefghijklmnopqrstuv";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (is_id(text)) {
    check(text.size() == kIdLength && !has(text, "/") && !has(text, ".") &&
          !has(text, std::string_view("\0", 1)));
    check(dance_id_of_url(kPublic + "/d/" + std::string(text), kPublic) == std::string(text));
  }
  check(same_secret(text, text) && !same_secret(text, std::string(text) + "x"));
  for (const std::string& url :
       {std::string(text), kPublic + std::string(text), kPublic + "/d/" + std::string(text)}) {
    if (const auto id = dance_id_of_url(url, kPublic)) check(is_id(*id) && has(url, *id));
  }

  const std::string shown = shown_text(text);
  check(shown.size() <= terpsi::limits::kMaxTitleBytes);
  check(terpsi::is_plain_utf8(shown));
  check(shown_text(shown) == shown);
  const std::string html = html_text(text);
  for (const char c : {'<', '>', '"', '\''}) check(html.find(c) == std::string::npos);

  const ShareInfo info{kId, kPublic, std::string(text), std::string(text.substr(size / 2)), 120, 42};
  const std::string page = share_html(
      "<!doctype html><html><head><title>T</title></head><body></body></html>", info, size % 2 == 0);
  check(has(page, "<base href=\"../\"") && has(page, kId));
  std::size_t tags = 0, plain_tags = 0;
  static const std::string plain =
      share_html("<!doctype html><html><head><title>T</title></head><body></body></html>",
                 {kId, kPublic, "t", "s", 120, 42}, true);
  for (const char c : page) tags += c == '<';
  for (const char c : plain) plain_tags += c == '<';
  check(tags <= plain_tags);                                   // no title makes tags of its own
  share_html(text, {kId, kPublic, "t", "s", 120, 42}, false);  // a page that is not ours
  const auto card = terpsi::parse_json(oembed_json(info, static_cast<int>(size), 0), 8);
  check(card && card->is_object());

  mime_type(text);
  accepts(text, "br");
  accepts(text, "gzip");
  return 0;
}
