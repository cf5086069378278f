#include "manifest/model_info.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "generate/plan/condition.h"

using namespace terpsi;
using namespace terpsi::manifest;
using Json = nlohmann::json;

namespace {

Json good_model() {
  Json m;
  m["name"] = "student-v1", m["role"] = "student", m["page"] = true, m["single_step"] = false,
  m["file"] = "student.onnx";
  m["sha256"] = std::string(64, 'a'), m["bytes"] = 5500000, m["opset"] = 17;
  m["licence"] = "MIT", m["card"] = "student.md", m["data"] = "open pack";
  m["feature_version"] = 1, m["skeleton_version"] = 1, m["condition_version"] = 1;
  m["window"] = 120, m["overlap"] = 30, m["condition_columns"] = 12, m["times"] = {0.0, 0.5};
  m["inputs"] = {{"x", {"B", "W", "151"}}, {"t", {"B"}}, {"cond", {"B", "W", "12"}}, {"phrase", {"B", "W"}}};
  m["outputs"] = {{"x1", {"B", "W", "151"}}};
  m["mean"] = std::vector<double>(151, 0.25), m["std"] = std::vector<double>(151, 2.0);
  m["styles"] = {{{"name", "hiphop"}, {"bpm", 100}, {"magnitude", 0.9}},
                 {{"name", "house"}, {"family", "street"}, {"bpm", 125}, {"magnitude", 1.2}}};
  m["phrases"] = Json::array();
  m["phrases"].push_back({{"style", 0}, {"energy", 0.5}, {"mirror", 2}, {"next", {{2, 0.0}, {1, 7.5}}}});
  m["phrases"][0]["bpm"] = 96.5, m["phrases"][0]["alike"] = 1;
  m["phrases"].push_back({{"style", 1}, {"energy", 1.0}, {"mirror", 0}, {"next", Json::array()}});
  return {{"manifest_version", 1}, {"models", {m}}};
}

// The error of a manifest whose first model has `key` set to `value` (discarded: removed).
Error broken(const char* key, Json value) {
  Json j = good_model();
  if (value.is_discarded()) {
    j["models"][0].erase(key);
  } else {
    j["models"][0][key] = std::move(value);
  }
  const auto parsed = parse_manifest(j.dump());
  REQUIRE_MESSAGE(!parsed.ok(), key);
  return parsed.error();
}

const Json kRemoved(Json::value_t::discarded);

}  // namespace

TEST_CASE("manifest: garbage") {
  for (const char* text :
       {"", "{", "[]", "null", "{}", "{\"manifest_version\":1}", "\xff\xfe", "1e999",
        "{\"manifest_version\":1,\"models\":[]}", "{\"manifest_version\":1,\"models\":[3]}"}) {
    const auto parsed = parse_manifest(text);
    CHECK_FALSE(parsed.ok());
    if (!parsed.ok()) CHECK(parsed.error().code == ErrorCode::bad_format);
  }
  CHECK_FALSE(parse_manifest(std::string(1 << 20, '[')).ok());
  CHECK(parse_manifest(std::string(17u << 20, ' ')).error().code == ErrorCode::too_large);
}

TEST_CASE("manifest: a good one") {
  const auto parsed = parse_manifest(good_model().dump());
  REQUIRE(parsed.ok());
  const ModelInfo* m = parsed->find("student-v1");
  REQUIRE(m != nullptr);
  CHECK(parsed->find("nobody") == nullptr);
  CHECK(m->file == "student.onnx");
  CHECK(m->window == 120);
  CHECK(m->times == std::vector<float>{0.f, 0.5f});
  CHECK(m->mean[150] == 0.25f);
  CHECK(m->std[0] == 2.f);
  CHECK(m->styles[1].name == "house");
  REQUIRE(m->phrases.size() == 2);
  CHECK(m->phrases[0].next[1].code == 1);
  CHECK(m->phrases[0].next[1].cost == 7.5f);
  CHECK(m->phrases[0].mirror == 2);
  CHECK(m->phrases[0].bpm == 96.5f);
  CHECK(m->phrases[0].alike == 1);
  CHECK(m->phrases[1].alike == 0);
  CHECK(m->styles[0].family.empty());
  CHECK(m->styles[1].family == "street");
}

TEST_CASE("manifest: every field is needed and checked") {
  const Json model = good_model()["models"][0];
  for (const auto& [key, value] : model.items()) {
    CHECK(broken(key.c_str(), kRemoved).message.find(key) != std::string::npos);
    CHECK(broken(key.c_str(), nullptr).code == ErrorCode::bad_format);
    CHECK(broken(key.c_str(), Json::object({{"x", 1}})).code == ErrorCode::bad_format);
  }
  broken("guidance", -0.1);
  broken("guidance", 20.5);
  broken("guidance", "much");
  broken("inputs", {{"x", {"B"}}, {"t", {"B"}}, {"cond", {"B"}}, {"phrase", {"B"}}, {"noise", {"B"}}});
  broken("inputs", {{"x", {"B"}}, {"t", {"B"}}, {"cond", {"B"}}, {"mask", {"B"}}});
  for (const char* key : {"feature_version", "skeleton_version", "condition_version"}) {
    CHECK(broken(key, 2).code == ErrorCode::unsupported);
  }
  CHECK(broken("condition_columns", 13).code == ErrorCode::unsupported);
  for (const char* path : {"../x.onnx", "a/b.onnx", "/etc/passwd", ".hidden", "c:x", "a b"}) {
    CHECK(broken("file", path).code == ErrorCode::bad_format);
  }
  broken("sha256", std::string(64, 'G'));
  broken("bytes", -1);
  broken("bytes", 1.5);
  broken("window", 1000000);
  broken("overlap", 61);
  broken("times", {0.1, 0.5});
  broken("times", {0.0, 0.5, 0.5});
  broken("times", {0.0, 1.0});
  broken("mean", std::vector<double>(150, 0.0));
  broken("std", std::vector<double>(151, 0.0));
  broken("styles", Json::array());
  broken("phrases", {{{"style", 2}, {"energy", 0.5}, {"mirror", 0}, {"next", Json::array()}}});
  broken("phrases", {{{"style", 0}, {"energy", 0.5}, {"mirror", 2}, {"next", Json::array()}}});
  broken("phrases", {{{"style", 0}, {"energy", 0.5}, {"mirror", 0}, {"next", {{2, 0.0}}}}});
  broken("phrases", {{{"style", 0}, {"energy", 0.5}, {"mirror", 0}, {"alike", 2}, {"next", Json::array()}}});
  broken("phrases", {{{"style", 0}, {"energy", 0.5}, {"mirror", 0}, {"next", {{1, -1.0}}}}});
  Json twice = good_model();
  twice["models"].push_back(twice["models"][0]);
  CHECK_FALSE(parse_manifest(twice.dump()).ok());
  Json newer = good_model();
  newer["manifest_version"] = 2;
  CHECK(parse_manifest(newer.dump()).error().code == ErrorCode::unsupported);
}

TEST_CASE("manifest: masked and guided models, and what others wrote into it") {
  const auto plain = parse_manifest(good_model().dump());
  REQUIRE(plain.ok());
  CHECK_FALSE(plain->models[0].masked);
  CHECK(plain->models[0].guidance == 1.f);
  Json json = good_model();
  json["recognisers"] = {{{"file", "ears.onnx"}}};
  json["models"][0]["inputs"]["mask"] = {"B", "W", "151"};
  json["models"][0]["guidance"] = 2.5;
  for (const char* role : {"student", "teacher", "gan"}) {
    json["models"][0]["role"] = role;
    const auto parsed = parse_manifest(json.dump());
    REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
    CHECK(parsed->models[0].role == role);
    CHECK(parsed->models[0].masked);
    CHECK(parsed->models[0].guidance == 2.5f);
  }
  CHECK(plain->models[0].page);
  CHECK_FALSE(plain->models[0].single_step);
  json["models"][0]["page"] = false;
  json["models"][0]["single_step"] = true;
  const auto flagged = parse_manifest(json.dump());
  REQUIRE(flagged.ok());
  CHECK_FALSE(flagged->models[0].page);
  CHECK(flagged->models[0].single_step);
  json["models"][0]["role"] = "another architecture";
  CHECK(parse_manifest(json.dump()).ok());
}
