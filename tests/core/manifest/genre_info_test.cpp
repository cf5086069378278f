#include "manifest/genre_info.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/manifest/from_text.h"

using namespace terpsi;
using Json = nlohmann::json;

namespace {

auto parse_genres(std::string_view text) {
  return test::from_text(text, manifest::read_genre);
}

Json good() {
  const Json other = {{"name", "other"}};
  return {{"encoders",
           {other,
            {{"name", "e"},
             {"file", "e.onnx"},
             {"sha256", std::string(64, 'b')},
             {"licence", "MIT"},
             {"card", "e.md"},
             {"bytes", 20},
             {"input_version", 1},
             {"sample_rate", 22050},
             {"samples", 44100},
             {"embedding", 128}}}},
          {"genres",
           {{{"name", "g"},
             {"file", "g.onnx"},
             {"sha256", std::string(64, 'a')},
             {"bytes", 10},
             {"input_version", 1},
             {"encoder", "e"},
             {"embedding", 128},
             {"window", 30},
             {"hop", 5},
             {"per_second", 10},
             {"licence", "research use only"},
             {"card", "g.md"},
             {"genres", {"tango", "waltz"}},
             {"held_out", {{"windows", 0.75}}}}}}};
}

}  // namespace

TEST_CASE("genre info: what is no manifest, or lists no classifier, is refused") {
  for (const char* text :
       {"", "{", "null", "[]", "7", "\"genres\"", "{\"genres\":[1]}", "{\"genres\":[{}]}"}) {
    CHECK_FALSE(parse_genres(text));
  }
  for (const char* text : {"{}", "{\"genres\":[]}", "{\"genres\":{}}", "{\"models\":[]}"}) {
    CHECK(parse_genres(text).error().code == ErrorCode::not_found);
  }
}

TEST_CASE("genre info: a field that is missing or wrong is named") {
  REQUIRE(parse_genres(good().dump()));
  const auto refused = [](const char* list, std::size_t at, const char* key) {
    for (const Json& bad : {Json(), Json(-1), Json(1.5), Json(1e30), Json(Json::array({1})), Json("")}) {
      Json json = good();
      json[list][at][key] = bad;
      const auto info = parse_genres(json.dump());
      REQUIRE_FALSE_MESSAGE(info, list << " " << key << " " << bad.dump());
      const bool named = info.error().message.find(key) != std::string::npos;
      // An encoder without its name is not found.
      const bool lost =
          std::string(key) == "name" && info.error().message.find("encoder") != std::string::npos;
      CHECK_MESSAGE((named || lost), info.error().message);
    }
  };
  for (const char* key : {"name", "file", "sha256", "bytes", "input_version", "encoder", "embedding",
                          "window", "hop", "per_second", "licence", "genres"}) {
    refused("genres", 0, key);
  }
  for (const char* key :
       {"name", "file", "sha256", "bytes", "input_version", "sample_rate", "samples", "embedding"}) {
    refused("encoders", 1, key);
  }
  Json json = good();
  json["genres"][0]["input_version"] = 2;
  CHECK(parse_genres(json.dump()).error().code == ErrorCode::unsupported);
  json = good();
  json["genres"][0]["genres"] = {"tango", "tango"};
  CHECK_FALSE(parse_genres(json.dump()));
  for (const Json& bad : {Json("x"), Json(1.5), Json(-0.5)}) {
    json = good();
    json["genres"][0]["held_out"]["windows"] = bad;
    CHECK_FALSE(parse_genres(json.dump()));
  }
  json = good();
  json.erase("encoders");
  CHECK_FALSE(parse_genres(json.dump()));
}

TEST_CASE("genre info: values arrive") {
  const auto info = parse_genres(good().dump());
  REQUIRE(info);
  CHECK(info->encoder.file == "e.onnx");
  CHECK(info->encoder.bytes == 20);
  CHECK(info->classifier.name == "g");
  CHECK(info->classifier.sha256 == std::string(64, 'a'));
  CHECK(info->window == 30);
  CHECK(info->hop == 5);
  CHECK(info->per_second == 10);
  CHECK(info->classifier.licence == "research use only");
  CHECK(info->genres == std::vector<std::string>{"tango", "waltz"});
  CHECK(info->held_out == 0.75);
  Json json = good();
  json["genres"][0].erase("held_out");
  REQUIRE(parse_genres(json.dump()));
  CHECK(parse_genres(json.dump())->held_out == 0);
}
