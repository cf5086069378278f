#include "native/pipeline/constraints_json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "base/limits.h"
#include "format/bvh.h"
#include "motion/time_warp.h"
#include "native/io/dance_files.h"
#include "tests/native/temp_folder.h"

using namespace terpsi;
using native::constraints_from_json;

namespace {

format::Dance some_dance() {
  format::Dance dance;
  for (int i = 0; i < 90; ++i) {
    motion::Frame frame;
    frame.root = {0.01f * static_cast<float>(i), 0.9f, 0.2f};
    frame.rotations[motion::kLElbow] =
        motion::Quat(Eigen::AngleAxisf(0.02f * static_cast<float>(i), motion::Vec3::UnitY()));
    dance.clip.frames.push_back(frame);
  }
  return dance;
}

int loads = 0;

Result<format::Dance> load(const std::string& name) {
  ++loads;
  if (name == "a.dance" || name == "b.dance") return some_dance();
  return Error{ErrorCode::not_found, "there is no file " + name};
}

std::string with(const std::string& body) {
  return "{\"terpsi_constraints\": 1, " + body + "}";
}

// Code and message of the refusal, as "code message".
std::string refusal(const std::string& text, ErrorCode code = ErrorCode::bad_format) {
  const auto constraints = constraints_from_json(text, load);
  if (constraints) return "taken";
  CHECK_MESSAGE(constraints.error().code == code, constraints.error().message);
  return constraints.error().message;
}

#define REFUSED(text, part) CHECK_MESSAGE(refusal(text).find(part) != std::string::npos, refusal(text))

}  // namespace

TEST_CASE("constraints json: garbage") {
  for (const char* text : {"", "{", "nul", "\xff\xfe", "{\"terpsi_constraints\": 1} x",
                           "{\"terpsi_constraints\": 1e999}", "{'terpsi_constraints': 1}", "\0\0"}) {
    REFUSED(text, "not JSON");
  }
  for (const char* text : {"[]", "1", "null", "\"x\""}) REFUSED(text, "an object");
  REFUSED("{}", "terpsi_constraints");
  for (const char* version : {"2", "\"1\"", "1.5", "null", "[1]", "true"}) {
    CHECK(refusal("{\"terpsi_constraints\": " + std::string(version) + "}", ErrorCode::unsupported) !=
          "taken");
  }
  REFUSED(with("\"keyframs\": []"), "unknown key \"keyframs\"");
  REFUSED(with("\"path\": [], \"path\": []"), "\"path\" stands twice");
  REFUSED(with("\"keep\": [{\"from\": 1, \"from\": 2}]"), "\"from\" stands twice");
  REFUSED(
      "{\"terpsi_constraints\": 1, \"keep\": " + std::string(100000, '[') + std::string(100000, ']') + "}",
      "nested more than");
  std::string deep = "1";
  for (int i = 0; i < 50000; ++i) deep = "{\"a\":" + deep + "}";
  REFUSED(deep, "nested more than");
  CHECK(refusal(std::string(limits::kMaxConstraintsBytes + 1, ' '), ErrorCode::too_large) != "taken");
  for (const char* list : {"keyframes", "keep", "path"}) {
    REFUSED(with("\"" + std::string(list) + "\": {}"), "a list");
    REFUSED(with("\"" + std::string(list) + "\": [7]"), "[0]: an object");
  }
  std::string many = "\"path\": [{}";
  for (std::size_t i = 0; i < limits::kMaxPathPoints; ++i) many += ",{}";
  CHECK(refusal(with(many + "]"), ErrorCode::too_large) != "taken");
}

TEST_CASE("constraints json: fields of a wrong kind are named") {
  const auto key = [](const std::string& body) { return with("\"keyframes\": [" + body + "]"); };
  REFUSED(key("{}"), "keyframes[0]: the key \"time\" is missing");
  REFUSED(key("{\"time\": \"1\"}"), "keyframes[0].time: a number");
  REFUSED(key("{\"time\": 1e300}"), "out of range");
  REFUSED(key("{\"time\": 1}"), "a pose is missing");
  REFUSED(key("{\"time\": 1, \"root\": [0, 0, 0]}, {\"time\": null, \"root\": [0,0,0]}"),
          "keyframes[1].time");
  REFUSED(key("{\"time\": 1, \"root\": [0, 0]}"), "keyframes[0].root: [x, y, z]");
  REFUSED(key("{\"time\": 1, \"root\": [0, \"a\", 0]}"), "keyframes[0].root: a number");
  REFUSED(key("{\"time\": 1, \"root\": \"pose\"}"), "needs \"pose_from\"");
  REFUSED(key("{\"time\": 1, \"root\": [0,0,0], \"facing\": \"north\"}"), "keyframes[0].facing");
  REFUSED(key("{\"time\": 1, \"rotations\": {}}"), "keyframes[0].rotations");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"tail\": [1,0,0,0]}}"), "no joint \"tail\"");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [1,0,0]}}"),
          "keyframes[0].rotations.head: four numbers");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [1,0,null,0]}}"),
          "keyframes[0].rotations.head: a number");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [0,0,0,0]}}"), "not a rotation");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [1,1,0,0]}}"), "not a rotation");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [1,0,0,0]}, \"part\": \"head\"}"), "omit \"part\"");
  REFUSED(key("{\"time\": 1, \"rotations\": {\"head\": [1,0,0,0]}, \"pose_from\": {}}"), "not both");
  REFUSED(key("{\"time\": 1, \"pose_from\": 3}"), "keyframes[0].pose_from");
  REFUSED(key("{\"time\": 1, \"pose_from\": {\"dance\": \"a.dance\"}}"),
          "keyframes[0].pose_from: the key \"time\"");
  REFUSED(key("{\"time\": 1, \"pose_from\": {\"time\": 1, \"dance\": 5}}"),
          "keyframes[0].pose_from.dance: a text");
  REFUSED(key("{\"time\": 1, \"pose_from\": {\"time\": 3.1, \"dance\": \"a.dance\"}}"), "outside that dance");
  REFUSED(key("{\"time\": 1, \"pose_from\": {\"time\": -1, \"dance\": \"a.dance\"}}"), "outside that dance");
  REFUSED(key("{\"time\": 1, \"part\": \"wing\", \"pose_from\": {\"time\": 1, \"dance\": \"a.dance\"}}"),
          "body parts are whole, upper");
  for (const char* part : {"7", "[]", "[7]", "[\"upper\", \"wing\"]", "{}"}) {
    REFUSED(key("{\"time\": 1, \"part\": " + std::string(part) +
                ", \"pose_from\": {\"time\": 1, \"dance\": \"a.dance\"}}"),
            "keyframes[0].part");
  }
  REFUSED(with("\"keep\": [{\"from\": 1, \"to\": 2}]"), "keep[0]: the key \"dance\"");
  CHECK(refusal(with("\"keep\": [{\"from\": 1, \"to\": 2, \"dance\": \"none.dance\"}]"), ErrorCode::not_found)
            .find("keep[0].dance: there is no file none.dance") == 0);
  REFUSED(with("\"path\": [{\"time\": 1, \"x\": 0}]"), "path[0]: the key \"z\"");
  REFUSED(with("\"path\": [{\"time\": 1, \"x\": 0, \"z\": [], \"yaw\": 3}]"), "path[0].z");
  // What comes from the file is harmless in the message.
  CHECK(refusal(with("\"a\\n\\u0007" + std::string(500, 'b') + "\": 1")).size() < 200);
}

TEST_CASE("constraints json: everything it can say") {
  loads = 0;
  const auto c = constraints_from_json(with(R"("comment": "by hand",
    "keyframes": [
      {"time": 12.5, "part": "whole", "pose_from": {"dance": "a.dance", "time": 1.0}, "root": "pose"},
      {"time": 13.5, "part": ["left_arm", "head", "r_knee"], "pose_from": {"dance": "a.dance", "time": 2}},
      {"time": 14, "pose_from": {"dance": "b.dance", "time": 2}, "facing": "dance"},
      {"time": 15, "rotations": {"l_elbow": [0.7071, 0, 0.7071, 0]}, "root": [0.5, null, -1]},
      {"time": 16, "root": [null, 0.5, null]}],
    "keep": [{"from": 10, "to": 20, "part": "upper", "dance": "a.dance"}, {"part": "arms", "dance": "b.dance"}],
    "path": [{"time": 1, "x": 0, "z": 0}, {"time": 2, "x": 0.5, "z": -1, "yaw": 90}])"),
                                       load);
  REQUIRE_MESSAGE(c, c.error().message);
  CHECK(loads == 2);
  CHECK(c->dances.size() == 2);
  REQUIRE(c->keyframes.size() == 5);
  const auto& keys = c->keyframes;
  const auto part = [](const char* name) { return generate::find_body_part(name)->joints; };
  CHECK(keys[0].time == 12.5);
  CHECK(keys[0].joints == part("whole"));
  CHECK(*keys[0].root[0] == doctest::Approx(0.3f));
  CHECK(*keys[0].root[1] == doctest::Approx(0.9f));
  CHECK(*keys[0].root[2] == doctest::Approx(0.2f));
  CHECK(keys[0].rotations[motion::kLElbow].angularDistance(
            motion::Quat(Eigen::AngleAxisf(0.6f, motion::Vec3::UnitY()))) < 1e-3f);
  CHECK(keys[1].joints == (part("left_arm") | part("head") | generate::joint_bit(motion::kRKnee)));
  CHECK(!keys[1].root[1]);
  CHECK(keys[0].keep_facing);
  CHECK(!keys[2].keep_facing);
  CHECK(!keys[2].root[0]);
  CHECK(*keys[2].root[1] == doctest::Approx(0.9f));  // the height goes with the pelvis
  CHECK(keys[3].joints == generate::joint_bit(motion::kLElbow));
  CHECK(keys[3].rotations[motion::kLElbow].norm() == doctest::Approx(1.f));
  CHECK(*keys[3].root[2] == -1.f);
  CHECK(!keys[3].root[1]);
  CHECK(keys[4].joints == 0);
  REQUIRE(c->kept.size() == 2);
  CHECK(c->kept[0].from == 10);
  CHECK(c->kept[0].to == 20);
  CHECK(c->kept[0].joints == part("upper"));
  CHECK(c->kept[0].dance == 0);
  CHECK(c->kept[1].from == 0);
  CHECK(c->kept[1].to == doctest::Approx(3));
  CHECK(c->kept[1].dance == 1);
  REQUIRE(c->path.size() == 2);
  CHECK(!c->path[0].yaw);
  CHECK(*c->path[1].yaw == doctest::Approx(1.5708).epsilon(1e-4));
  CHECK(constraints_from_json(with("\"keep\": []"), load)->empty());
}

TEST_CASE("constraints json: files, relative to the file; other frame rates") {
  const test::TempFolder folder;
  CHECK(native::load_constraints(folder / "none.json").error().code == ErrorCode::not_found);
  const std::string path =
      folder.write("here/c.json", with("\"keep\": [{\"from\": 1, \"to\": 2, \"dance\": \"d/x.bvh\"}]"));
  auto missing = native::load_constraints(path);
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message.find("keep[0].dance") != std::string::npos);
  folder.write("here/d/x.bvh", format::write_bvh(motion::with_fps(some_dance().clip, 60)));
  const auto found = native::load_constraints(path);
  REQUIRE_MESSAGE(found, found.error().message);
  REQUIRE(found->dances.size() == 1);
  CHECK(found->dances[0].fps == 30.f);
  CHECK(found->dances[0].seconds() == doctest::Approx(3).epsilon(0.03));
}
