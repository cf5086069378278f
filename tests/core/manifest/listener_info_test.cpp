#include "manifest/listener_info.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/manifest/from_text.h"

using namespace terpsi;
using Json = nlohmann::json;

namespace {

auto parse_listeners(std::string_view text) {
  return test::from_text(text, manifest::read_listeners);
}

Json good_listener() {
  const Json entry = {
      {"name", "l"},  {"role", "listener"}, {"file", "l.onnx"}, {"sha256", std::string(64, 'a')},
      {"bytes", 10},  {"licence", "MIT"},   {"card", "l.md"},   {"input_version", 1},
      {"columns", 52}};
  Json zoo = entry;
  zoo["name"] = "z";
  zoo["role"] = "zoo";
  return {{"manifest_version", 1}, {"listeners", {entry, zoo}}};
}

}  // namespace

TEST_CASE("listener info: what is no manifest is refused; a manifest without listeners has none") {
  for (const char* text : {"", "{", "{\"listeners\":[1]}", "{\"listeners\":{}}", "{\"listeners\":7}"}) {
    CHECK_FALSE(parse_listeners(text));
  }
  REQUIRE(parse_listeners("{}"));
  CHECK(parse_listeners("{}")->empty());
  CHECK(parse_listeners("{\"listeners\":[]}")->empty());
}

TEST_CASE("listener info: a field that is missing or wrong is named") {
  const auto listeners = parse_listeners(good_listener().dump());
  REQUIRE(listeners);
  REQUIRE(listeners->size() == 2);
  CHECK((*listeners)[0].name == "l");
  CHECK((*listeners)[1].role == "zoo");
  for (const char* key : {"name", "role", "file", "sha256", "bytes", "licence", "input_version", "columns"}) {
    for (const Json& bad : {Json(), Json(-1), Json(1.5), Json(1e30), Json(Json::array({1})), Json("")}) {
      Json json = good_listener();
      json["listeners"][1][key] = bad;
      const auto info = parse_listeners(json.dump());
      REQUIRE_FALSE_MESSAGE(info, key << " " << bad.dump());
      CHECK_MESSAGE(info.error().message.find(key) != std::string::npos, info.error().message);
    }
  }
  Json json = good_listener();
  json["listeners"][0]["file"] = "../secret";
  CHECK_FALSE(parse_listeners(json.dump()));
  json = good_listener();
  json["listeners"][0]["input_version"] = 2;
  CHECK(parse_listeners(json.dump()).error().code == ErrorCode::unsupported);
}
