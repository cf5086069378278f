#include "generate/constrain/validate.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/generate/constrain/obedience.h"
#include "core/motion/random_motion.h"

using namespace terpsi;
using namespace terpsi::generate;
using motion::testing::dancing;
using motion::testing::turn;
using test::standing;

namespace {

constexpr std::size_t kClipFrames = 600;

// The message of what validate refuses, with its code; "" when it does not.
std::string refusal(const Constraints& c, ErrorCode code = ErrorCode::invalid_argument,
                    std::size_t frames = kClipFrames) {
  const auto status = validate(c, frames);
  if (status) return "";
  CHECK(status.error().code == code);
  return status.error().message;
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("constraints: garbage is refused with its place") {
  const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
  Constraints c;
  CHECK(refusal(c) == "");
  CHECK(refusal(c, ErrorCode::empty, 0) == "");
  c.keyframes = {standing(3)};
  CHECK(refusal(c) == "");
  CHECK(has(refusal(c, ErrorCode::empty, 0), "no dance"));
  for (double time : {-0.1, 20.1, 1e300, nan, infinite, -infinite}) {
    c.keyframes[0].time = time;
    CHECK(has(refusal(c), "keyframes[0]: time"));
  }
  c.keyframes = {standing(1), standing(3)};
  for (const motion::Quat& q : {motion::Quat(0, 0, 0, 0), motion::Quat(1, 1, 0, 0),
                                motion::Quat(std::nanf(""), 0, 0, 0), motion::Quat(1, INFINITY, 0, 0)}) {
    c.keyframes[1].rotations[motion::kLElbow] = q;
    CHECK(has(refusal(c), "keyframes[1]: the rotation of l_elbow"));
    c.keyframes[1].joints &= ~joint_bit(motion::kLElbow);  // what is not demanded is not read
    CHECK(refusal(c) == "");
    c.keyframes[1].joints |= joint_bit(motion::kLElbow);
  }
  c.keyframes = {standing(1)};
  for (float place : {101.f, -1e30f, std::nanf(""), INFINITY}) {
    c.keyframes[0].root[1] = place;
    CHECK(has(refusal(c), "root position"));
  }
  c.keyframes[0] = Keyframe();
  CHECK(has(refusal(c), "demands nothing"));
  c.keyframes[0].joints = joint_bit(24);
  CHECK(has(refusal(c), "do not exist"));
  c.keyframes.assign(limits::kMaxKeyframes + 1, standing(1));
  CHECK(has(refusal(c, ErrorCode::too_large), "keyframes"));
}

TEST_CASE("constraints: kept ranges that cannot be kept") {
  Constraints c;
  c.kept = {{1, 2, 1, 0}};
  CHECK(has(refusal(c), "missing"));
  c.dances = {dancing(kClipFrames)};
  CHECK(refusal(c) == "");
  c.dances[0].fps = 60;
  CHECK(has(refusal(c), "30 frames"));
  c.dances = {dancing(50)};
  CHECK(has(refusal(c), "ends at 1.67 s"));
  c.dances = {dancing(kClipFrames)};
  for (const KeptRange& bad : {KeptRange{2, 2, 1, 0},
                               {2, 1, 1, 0},
                               {2, 2.01, 1, 0},
                               {-1, 2, 1, 0},
                               {1, 21, 1, 0},
                               {1, std::nan(""), 1, 0},
                               {1, 2, 0, 0},
                               {1, 2, joint_bit(30), 0},
                               {1, 2, 1, 1}}) {
    c.kept[0] = bad;
    CHECK(has(refusal(c), "keep[0]: "));
  }
  c.kept[0] = {1, 20, 1, 0};
  CHECK(refusal(c) == "");
  c.dances[0].frames[40].rotations[3] = motion::Quat(0, 0, 0, 0);
  CHECK(has(refusal(c), "broken at 1.33 s"));
  c.dances[0] = dancing(kClipFrames);
  c.dances[0].frames[40].root.x() = std::nanf("");
  CHECK(has(refusal(c), "broken"));
}

TEST_CASE("constraints: paths that cannot be followed") {
  Constraints c;
  c.path = {{1, 0, 0, {}}, {2, 1, 0, {}}};
  CHECK(refusal(c) == "");
  c.path[1].time = 1.01;
  CHECK(has(refusal(c), "path[1]: path points must follow"));
  c.path[1] = {2, std::nanf(""), 0, {}};
  CHECK(has(refusal(c), "x or z"));
  c.path[1] = {2, 0, 0, std::nanf("")};
  CHECK(has(refusal(c), "yaw"));
  c.path[1] = {2, 50, 0, {}};
  CHECK(has(refusal(c), "too far to get there"));
  c.path[1] = {21, 1, 0, {}};
  CHECK(has(refusal(c), "outside the song"));
}

TEST_CASE("constraints: contradictions are named") {
  Constraints c;
  c.keyframes = {standing(3), standing(3)};
  CHECK(refusal(c) == "");
  c.keyframes[1].rotations[motion::kHead] = turn(0.5f, motion::Vec3::UnitX());
  const std::string message = refusal(c);
  for (const char* part : {"keyframes[1]", "keyframes[0]", "3.00 s", "head", "28.6 degrees"}) {
    CHECK_MESSAGE(has(message, part), message);
  }
  c.keyframes[1].joints &= ~joint_bit(motion::kHead);
  CHECK(refusal(c) == "");
  c.keyframes[0].root = {0.f, 0.9f, 0.f};
  c.keyframes[1].root = {0.f, 0.9f, 0.01f};
  CHECK(has(refusal(c), "0.010 m"));
  c.keyframes.pop_back();
  c.path = {{3, 0.2f, 0, {}}};
  CHECK(has(refusal(c), "path[0]"));
  c.path = {{3, 0, 0, 0.5f}};  // the keyframe faces forward
  CHECK(has(refusal(c), "pelvis"));
  c.keyframes[0].keep_facing = false;
  CHECK(refusal(c) == "");
  // Too fast a turn: 3 rad in one frame.
  c = {};
  c.keyframes = {standing(3), standing(3.034)};
  c.keyframes[1].rotations[motion::kRShoulder] = turn(3.f, motion::Vec3::UnitZ());
  CHECK(has(refusal(c), "too far to get there"));
  c.keyframes[1].time = 3.2;
  CHECK(refusal(c) == "");
  // Ranges that overlap but keep the same thing agree.
  c = {};
  c.dances = {dancing(kClipFrames), dancing(kClipFrames, 1.f)};
  c.kept = {{1, 3, find_body_part("upper")->joints, 0}, {2, 5, find_body_part("arms")->joints, 1}};
  CHECK(refusal(c) == "");
  c.kept[1].joints = c.kept[0].joints = find_body_part("whole")->joints;
  CHECK(has(refusal(c), "keep[1]"));
}
