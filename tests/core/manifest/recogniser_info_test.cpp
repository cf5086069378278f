#include "manifest/recogniser_info.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/manifest/from_text.h"

using namespace terpsi;
using Json = nlohmann::json;

namespace {

auto parse_recogniser(std::string_view text) {
  return test::from_text(text, manifest::read_recogniser);
}

Json good_recogniser() {
  return {{"manifest_version", 1},
          {"models", Json::array()},
          {"recognisers",
           {{{"name", "r"},
             {"file", "r.onnx"},
             {"sha256", std::string(64, 'a')},
             {"bytes", 10},
             {"licence", "MIT"},
             {"card", "r.md"},
             {"skeleton_version", 1},
             {"input_version", 1},
             {"window", 90},
             {"hop", 30},
             {"channels", 144},
             {"styles", {"house", "pop"}},
             {"held_out", {{"styles", {0.5, 0.75}}}}}}}};
}

}  // namespace

TEST_CASE("recogniser info: what is no manifest, or lists no recogniser, is refused") {
  for (const char* text : {"", "{", "null", "[]", "7", "\"recognisers\"", "{\"recognisers\":[1]}"}) {
    CHECK_FALSE(parse_recogniser(text));
  }
  for (const char* text : {"{}", "{\"recognisers\":[]}", "{\"recognisers\":{}}", "{\"models\":[]}"}) {
    CHECK(parse_recogniser(text).error().code == ErrorCode::not_found);
  }
}

TEST_CASE("recogniser info: a field that is missing or wrong is named") {
  REQUIRE(parse_recogniser(good_recogniser().dump()));
  for (const char* key : {"name", "file", "sha256", "bytes", "skeleton_version", "input_version", "window",
                          "hop", "channels", "styles"}) {
    for (const Json& bad : {Json(), Json(-1), Json(1.5), Json(1e30), Json(Json::array({1})), Json("")}) {
      Json json = good_recogniser();
      json["recognisers"][0][key] = bad;
      const auto info = parse_recogniser(json.dump());
      REQUIRE_FALSE_MESSAGE(info, key << " " << bad.dump());
      CHECK_MESSAGE(info.error().message.find(key) != std::string::npos, info.error().message);
    }
  }
  Json json = good_recogniser();
  json["recognisers"][0]["input_version"] = 2;
  CHECK(parse_recogniser(json.dump()).error().code == ErrorCode::unsupported);
  json = good_recogniser();
  json["recognisers"][0]["styles"] = {"pop", "pop"};
  CHECK_FALSE(parse_recogniser(json.dump()));
  for (const Json& bad : {Json({0.5}), Json({0.5, 1.5}), Json({0.5, "x"}), Json("x")}) {
    json = good_recogniser();
    json["recognisers"][0]["held_out"]["styles"] = bad;
    CHECK_FALSE(parse_recogniser(json.dump()));
  }
}

TEST_CASE("recogniser info: values arrive") {
  const auto info = parse_recogniser(good_recogniser().dump());
  REQUIRE(info);
  CHECK(info->name == "r");
  CHECK(info->file == "r.onnx");
  CHECK(info->bytes == 10);
  CHECK(info->window == 90);
  CHECK(info->hop == 30);
  CHECK(info->styles == std::vector<std::string>{"house", "pop"});
  CHECK(info->find("pop") == 1);
  CHECK(info->find("Pop") == -1);
  CHECK(info->held_out_mean == doctest::Approx(0.625));
  Json json = good_recogniser();
  json["recognisers"][0].erase("held_out");
  const auto silent = parse_recogniser(json.dump());
  REQUIRE(silent);
  CHECK(silent->held_out.empty());
}
