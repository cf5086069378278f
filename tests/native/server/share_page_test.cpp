#include "native/server/share_page.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "native/server/hostile_titles.h"
#include "native/server/strict_html.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {

const std::string kId = "abcDEF123-_xyzABC45678";
const std::string kIndex =
    "<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\" />\n    "
    "<title>Terpsi</title>\n"
    "    <script type=\"module\" src=\"./assets/a.js\"></script>\n  </head>\n  <body>\n    <header "
    "id=\"bar\">x</header>\n  </body>\n</html>\n";

ShareInfo info_of(const std::string& title) {
  return {kId, "https://dance.example", title, "hiphop", 120.2, 41.6};
}

}  // namespace

TEST_CASE("no title becomes markup") {
  const auto titles = test::hostile_titles();
  REQUIRE(titles.size() >= 100);
  const auto plain = test::scan_html(share_html(kIndex, info_of("plain"), true));
  REQUIRE(plain);
  for (const std::string& title : titles) {
    CAPTURE(title);
    ShareInfo info = info_of(title);
    info.style = title;  // a style is text of strangers as well
    const std::string page = share_html(kIndex, info, true);
    const auto found = test::scan_html(page);
    REQUIRE(found);
    CHECK(found->tags == plain->tags);  // names of tags and of their attributes, in order
    CHECK(page.find("<script>") == std::string::npos);
    CHECK(is_plain_utf8(html_text(shown_text(title))));
    CHECK(html_text(shown_text(title)).find_first_of("<>\"'") == std::string::npos);
    const auto shown = shown_text(title);
    CHECK(shown.size() <= limits::kMaxTitleBytes);
    CHECK(found->text_of("title") == (shown.empty() ? "Untitled dance" : shown) + " \xC2\xB7 Terpsi");
    CHECK(found->content_of("og:title") == (shown.empty() ? "Untitled dance" : shown));
    CHECK(found->content_of("og:image") == "https://dance.example/d/" + kId + "/poster.png");
  }
}

TEST_CASE("the oEmbed answer holds one iframe whatever the title") {
  for (const std::string& title : test::hostile_titles()) {
    CAPTURE(title);
    const auto json = nlohmann::json::parse(oembed_json(info_of(title), 0, 0), nullptr, false);
    REQUIRE(json.is_object());
    const auto found = test::scan_html(json["html"].get<std::string>());
    REQUIRE(found);
    CHECK(found->tags == std::vector<std::string>{
                             "iframe src width height title sandbox allow loading frameborder", "/iframe"});
    CHECK(found->value_of("iframe", "sandbox") == "allow-scripts allow-same-origin");
    CHECK(found->value_of("iframe", "src") == "https://dance.example/embed/" + kId);
  }
}

TEST_CASE("addresses of the site cannot break out either") {
  for (const std::string& url :
       {std::string("https://x\"><script>hit()</script>"), std::string("javascript:hit()//'"),
        std::string("https://x\r\nEvil: 1"), std::string("https://h/\xE2\x80\xAE<b>")}) {
    ShareInfo info = info_of("t");
    info.public_url = url;
    info.id = "\"><script>";
    const auto plain = test::scan_html(share_html(kIndex, info_of("t"), false));
    const auto found = test::scan_html(share_html(kIndex, info, false));
    REQUIRE(plain);
    REQUIRE(found);
    CHECK(found->tags == plain->tags);
    CHECK(test::scan_html(
        nlohmann::json::parse(oembed_json(info, 0, 0), nullptr, false)["html"].get<std::string>()));
  }
}

TEST_CASE("the page carries what other sites look for") {
  const std::string page = share_html(kIndex, info_of("Caf\xc3\xa9 \"Nuit\""), false);
  const auto found = test::scan_html(page);
  REQUIRE(found);
  CHECK(found->content_of("og:title") == "Caf\xc3\xa9 \"Nuit\"");
  CHECK(found->content_of("og:type") == "website");
  CHECK(found->content_of("og:url") == "https://dance.example/d/" + kId);
  CHECK(found->content_of("og:image:width") == "1200");
  CHECK(found->content_of("og:image:height") == "630");
  CHECK(found->content_of("og:description") == "0:42 of hiphop at 120 BPM, danced by Terpsi");
  CHECK(found->content_of("twitter:card") == "summary_large_image");
  CHECK(found->content_of("terpsi-dance") == kId);
  CHECK(found->content_of("terpsi-embed") == std::nullopt);
  CHECK(found->value_of("base", "href") == "../");
  CHECK(page.find("<head>\n    <meta charset=\"utf-8\" />\n    <base href=\"../\" />") != std::string::npos);
  CHECK(page.find("<title>Terpsi</title>") == std::string::npos);
  CHECK(page.find("src=\"./assets/a.js\"") != std::string::npos);
  CHECK(page.find("oembed?url=https%3A%2F%2Fdance.example%2Fd%2F" + kId + "&amp;format=json") !=
        std::string::npos);
  const auto embedded = test::scan_html(share_html(kIndex, info_of("x"), true));
  REQUIRE(embedded);
  CHECK(embedded->content_of("terpsi-embed") == "1");
  CHECK(embedded->content_of("terpsi-dance") == kId);
}

TEST_CASE("tags go into the head of every page, or without one after the doctype") {
  for (const std::string& index :
       {std::string("<!DOCTYPE html><html><HEAD lang=en><Title>a</TITLE></HEAD></html>"),
        std::string("<!doctype html><header>x</header>"), std::string("<p>hello"), std::string()}) {
    const std::string page = share_html(index, info_of("t"), false);
    const auto found = test::scan_html(page);
    REQUIRE(found);
    CHECK(found->content_of("og:title") == "t");
    if (index.starts_with("<!"))
      CHECK(page.substr(0, 15).find("octype") + page.substr(0, 15).find("OCTYPE") != 0);
  }
  CHECK(share_html("<!doctype html><header>x</header>", info_of("t"), false)
            .starts_with("<!doctype html>\n    <meta charset"));
  CHECK(share_html("<head><title>open", info_of("t"), false).ends_with("open"));
}

TEST_CASE("descriptions say what is known") {
  ShareInfo info = info_of("t");
  info.style = "";
  CHECK(share_description(info) == "0:42 of dance at 120 BPM, danced by Terpsi");
  info.tempo_bpm = 0;
  info.seconds = 899.7;
  CHECK(share_description(info) == "15:00 of dance, danced by Terpsi");
  for (const double odd : {std::nan(""), -5.0, 1e300, -1e300}) {
    info.seconds = info.tempo_bpm = odd;
    CHECK(share_description(info).find("danced by Terpsi") != std::string::npos);
  }
}

TEST_CASE("shown text is well-formed, short and without tricks") {
  CHECK(shown_text("  a \t\r\n b  ") == "a b");
  CHECK(shown_text("a\xE2\x80\xAE"
                   "b\xE2\x81\xA6"
                   "c") == "abc");
  CHECK(shown_text("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\xA4") ==
        "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\xA4");
  CHECK(shown_text("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(shown_text("\xC0\xBC") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(shown_text("cut \xE2\x82") == "cut \xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(shown_text(std::string(500, 'x')).size() == limits::kMaxTitleBytes);
  std::string long_text(199, 'x');
  CHECK(shown_text(long_text + "\xC3\xA9") == long_text);  // no half characters
  CHECK(html_text("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

TEST_CASE("oEmbed sizes keep to the limits") {
  const auto sizes = [](int width, int height) {
    return nlohmann::json::parse(oembed_json(info_of("t"), width, height), nullptr, false);
  };
  auto json = sizes(0, 0);
  CHECK(json["version"] == "1.0");
  CHECK(json["type"] == "rich");
  CHECK(json["title"] == "t");
  CHECK(json["width"] == 960);
  CHECK(json["height"] == 540);
  CHECK(json["thumbnail_url"] == "https://dance.example/d/" + kId + "/poster.png");
  json = sizes(480, 0);
  CHECK(json["width"] == 480);
  CHECK(json["height"] == 270);
  CHECK(!json.contains("thumbnail_url"));  // larger than allowed
  json = sizes(100000, 100);
  CHECK(json["height"] == 100);
  CHECK(json["width"] == 177);
  json = sizes(1, 1);
  CHECK(json["width"] == 1);
  CHECK(json["height"] == 1);
  CHECK(sizes(-7, -2147483647)["width"] == 960);
  CHECK(sizes(2147483647, 2147483647)["thumbnail_width"] == 1200);
}

TEST_CASE("only addresses of this site's dances have an id") {
  const std::string site = "https://dance.example/terpsi";
  const auto id = [&](const std::string& url) { return dance_id_of_url(url, site); };
  for (const std::string& good : {site + "/d/" + kId, site + "/embed/" + kId, site + "/d/" + kId + "/",
                                  site + "/d/" + kId + "?a=b#c", "HTTPS://Dance.Example/terpsi/d/" + kId}) {
    CAPTURE(good);
    CHECK(id(good) == kId);
  }
  CHECK(dance_id_of_url("http://h:8080/d/" + kId, "http://h:8080/") == kId);
  for (const std::string& bad : {std::string(),
                                 site,
                                 site + "/d/",
                                 site + "/d/short",
                                 site + "/d/" + kId + "x",
                                 site + "/d/" + kId + "//",
                                 site + "/d/../embed/" + kId,
                                 site + "/d/%61" + kId.substr(1),
                                 site + "/d/" + kId + "/poster.png",
                                 "https://dance.example.evil/terpsi/d/" + kId,
                                 "https://evil/https://dance.example/terpsi/d/" + kId,
                                 "https://dance.example@evil/terpsi/d/" + kId,
                                 "https://dance.example/TERPSI/d/" + kId,
                                 "http://dance.example/terpsi/d/" + kId,
                                 "javascript:" + site + "/d/" + kId,
                                 " " + site + "/d/" + kId,
                                 site + "\\d\\" + kId,
                                 site + "/d/" + std::string(1000000, 'a'),
                                 site + "/x?u=" + site + "/d/" + kId,
                                 site + "/d/" + kId.substr(0, 21) + std::string(1, '\0')}) {
    CAPTURE(bad.substr(0, 100));
    CHECK(id(bad) == std::nullopt);
  }
  CHECK(dance_id_of_url("/d/" + kId, "") == std::nullopt);
}

TEST_CASE("a dance tells its page what to say") {
  format::Dance dance;
  dance.title = "T";
  dance.style = "house";
  dance.tempo_bpm = 124;
  dance.clip.frames.resize(60);
  const ShareInfo info = share_info(dance, kId, "https://h/");
  CHECK(share_description(info) == "0:02 of house at 124 BPM, danced by Terpsi");
  CHECK(embed_url(info) == "https://h/embed/" + kId);
}
