#include "format/dance_json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "motion/kinematics.h"

using namespace terpsi;
using nlohmann::json;

namespace {

format::Dance sample() {
  format::Dance dance;
  dance.title = "a \"title\" <b>";
  dance.style = "house";
  dance.seed = 0xffffffffffffffffull;
  dance.beats = {0.5, 1.0};
  dance.beat_in_bar = {1, 2};
  for (int i = 0; i < 40; ++i) {
    motion::Frame frame;
    frame.root.x() = 0.01f * static_cast<float>(i);
    frame.rotations[motion::kLElbow] =
        motion::Quat(Eigen::AngleAxisf(0.05f * static_cast<float>(i), motion::Vec3::UnitY()));
    frame.contacts = {1, 0, 0.25f, 1};
    dance.clip.frames.push_back(frame);
  }
  return dance;
}

ErrorCode code_of(const json& changed) {
  const auto dance = format::dance_from_json(changed.dump());
  return dance ? ErrorCode::internal : dance.error().code;
}

}  // namespace

TEST_CASE("dance json: anything else is refused") {
  for (const char* text : {"", "[]", "1", "null", "{", "{\"format\":\"other\"}", "{\"format\":[]}"}) {
    CHECK(format::dance_from_json(text).error().code == ErrorCode::bad_format);
  }
  const auto good = json::parse(format::dance_to_json(sample()));
  const auto with = [&](const char* pointer, const json& value) {
    json changed = good;
    changed[json::json_pointer(pointer)] = value;
    return code_of(changed);
  };
  CHECK(with("/version", 2) == ErrorCode::unsupported);
  CHECK(with("/fps", 60) == ErrorCode::unsupported);
  CHECK(with("/fps", "30") == ErrorCode::unsupported);
  CHECK(with("/root", json::array()) == ErrorCode::bad_format);
  CHECK(with("/root/3", "x") == ErrorCode::bad_format);
  CHECK(with("/root/3/1", 1e9) == ErrorCode::bad_format);
  CHECK(with("/root/3", {1, 2}) == ErrorCode::bad_format);
  CHECK(with("/rotations/3/4", {0, 0, 0, 0}) == ErrorCode::bad_format);
  CHECK(with("/rotations/3/4", {1, 0, nullptr, 0}) == ErrorCode::bad_format);
  CHECK(with("/rotations/3", json::array()) == ErrorCode::bad_format);
  CHECK(with("/contacts/0", {1, 1, 1}) == ErrorCode::bad_format);
  CHECK(with("/contacts", 7) == ErrorCode::bad_format);
  json one = good;  // as many members as there are frames, but no array
  one["root"] = {good["root"][0]};
  one["rotations"] = {good["rotations"][0]};
  for (const json& contacts : {json("x"), json{{"a", 1}}}) {
    one["contacts"] = contacts;
    CHECK(code_of(one) == ErrorCode::bad_format);
  }
  json far = good;
  far["beat_in_bar"] = {1e300, -5};
  CHECK(format::dance_from_json(far.dump())->beat_in_bar == std::vector<int>{1, 1});
  json empty = good;
  empty["root"] = empty["rotations"] = empty["contacts"] = json::array();
  CHECK(code_of(empty) == ErrorCode::empty);
}

TEST_CASE("dance json: what is written is read back") {
  const auto dance = sample();
  const auto back = format::dance_from_json(format::dance_to_json(dance));
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK(back->title == dance.title);
  CHECK(back->style == dance.style);
  CHECK(back->seed == dance.seed);
  CHECK(back->beats == dance.beats);
  CHECK(back->beat_in_bar == dance.beat_in_bar);
  REQUIRE(back->clip.size() == dance.clip.size());
  float worst = 0;
  for (std::size_t i = 0; i < dance.clip.size(); ++i) {
    const auto a = motion::joint_positions(dance.clip.frames[i]),
               b = motion::joint_positions(back->clip.frames[i]);
    for (std::size_t j = 0; j < a.size(); ++j) worst = std::max(worst, (a[j] - b[j]).norm());
    CHECK(back->clip.frames[i].contacts == dance.clip.frames[i].contacts);
  }
  CHECK(worst < 2e-4f);
}
