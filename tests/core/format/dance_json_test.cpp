#include "format/dance_json.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "core/format/sample_dance.h"

using namespace terpsi;
using Json = nlohmann::json;

TEST_CASE("dance JSON: nothing, values that are not numbers, text that is not text") {
  CHECK(format::write_dance_json({}).error().code == ErrorCode::empty);
  format::Dance dance = test::sample_dance(40);
  dance.clip.frames[2].root.x() = std::numeric_limits<float>::quiet_NaN();
  CHECK(format::write_dance_json(dance).error().code == ErrorCode::invalid_argument);
  dance = test::sample_dance(40);
  dance.beats[0] = HUGE_VAL;
  CHECK(format::write_dance_json(dance).error().code == ErrorCode::invalid_argument);
  dance = test::sample_dance(40);
  dance.title = "\xff\x01 broken";
  const auto json = format::write_dance_json(dance);
  REQUIRE(json.ok());
  CHECK_FALSE(Json::parse(*json, nullptr, false).is_discarded());
}

TEST_CASE("dance JSON: parses, and holds the dance") {
  const format::Dance dance = test::sample_dance(90);
  const auto text = format::write_dance_json(dance);
  REQUIRE(text.ok());
  const Json j = Json::parse(*text, nullptr, false);
  REQUIRE_FALSE(j.is_discarded());
  CHECK(j["title"] == dance.title);
  CHECK(j["seed"] == "18364758544493064720");
  CHECK(j["frames"] == 90);
  CHECK(j["fps"] == 30);
  CHECK(j["model"]["sha256"] == dance.model_sha256);
  CHECK(j["beats"].size() == dance.beats.size());
  CHECK(j["joints"].size() == 24);
  CHECK(j["joints"][4]["parent"] == 1);
  REQUIRE(j["root"].size() == 90);
  REQUIRE(j["rotations"][89].size() == 24);
  CHECK(j["contacts"][10].size() == 4);
  for (std::size_t i = 0; i < 90; ++i) {
    const motion::Quat& q = dance.clip.frames[i].rotations[16];
    CHECK(j["root"][i][1].get<float>() == doctest::Approx(dance.clip.frames[i].root.y()).epsilon(1e-4));
    CHECK(std::abs(j["rotations"][i][16][0].get<float>() - q.w()) < 1e-5f);
    CHECK(std::abs(j["rotations"][i][16][3].get<float>() - q.z()) < 1e-5f);
  }
}
