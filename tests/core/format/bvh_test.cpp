#include "format/bvh.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::format;
namespace mt = terpsi::motion::testing;

namespace {
float worst_difference(const motion::Clip& a, const motion::Clip& b) {
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, mt::largest_distance(motion::joint_positions(a.frames[i]),
                                                 motion::joint_positions(b.frames[i])));
  return worst;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
}  // namespace

TEST_CASE("garbage is refused with the line it is on") {
  const std::string good = write_bvh(mt::dancing(3));
  for (const std::string& text :
       {std::string(), std::string("\0\0\0", 3), std::string("HIERARCHY"), std::string("HIERARCHY ROOT"),
        std::string("hello\nworld"), std::string(100000, '{'),
        std::string("HIERARCHY\nROOT a\n{\nEnd Site\n{\nEnd Site\n{\n")})
    CHECK(read_bvh(text).error().code == ErrorCode::bad_format);
  CHECK(read_bvh("HIERARCHY\nROOT a\n{\nOFFSET 0 zero 0\n").error().message.find("line 4") !=
        std::string::npos);
  CHECK(parse_bvh(replaced(good, "Frames: 3", "Frames: 4")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "Frames: 3", "Frames: 99999999")).error().code == ErrorCode::too_large);
  CHECK(parse_bvh(replaced(good, "Frames: 3", "Frames: 20000")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "Frames: 3", "Frames: -1")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "Frames: 3", "Frames: 0")).error().code == ErrorCode::empty);
  CHECK(parse_bvh(replaced(good, "0.03333333", "0")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "0.03333333", "nan")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "CHANNELS 3", "CHANNELS 9")).error().code == ErrorCode::bad_format);
  CHECK(parse_bvh(replaced(good, "CHANNELS 3", "CHANNELS 1e9")).error().code == ErrorCode::bad_format);
  CHECK(read_bvh(replaced(good, "JOINT l_knee", "JOINT shinbone")).error().code == ErrorCode::unsupported);
  std::string deep = "HIERARCHY\nROOT a\n{\n";
  for (int i = 0; i < 300; ++i) deep += "JOINT b\n{\n";
  CHECK(parse_bvh(deep).error().code == ErrorCode::too_large);
}

TEST_CASE("a dance comes back within a tenth of a millimetre") {
  motion::Clip clip = mt::dancing(150, 2.f);  // turns through more than one full circle
  const std::string text = write_bvh(clip);
  CHECK(text.find("Frames: 150\nFrame Time: 0.03333333\n") != std::string::npos);
  const auto back = read_bvh(text);
  REQUIRE(back.ok());
  REQUIRE(back->size() == 150);
  CHECK(back->fps == 30);
  CHECK(worst_difference(*back, clip) < 1e-4f);
}

TEST_CASE("any pose comes back, poles included") {
  std::mt19937 random(3);
  motion::Clip clip;
  for (int i = 0; i < 60; ++i) clip.frames.push_back(mt::random_frame(random));
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const float quarter : {1.f, -1.f, 2.f}) {
      motion::Frame frame;
      frame.rotations.fill(mt::turn(quarter * 1.5707963f, motion::Vec3::Unit(static_cast<int>(axis))));
      clip.frames.push_back(frame);
    }
  const auto back = read_bvh(write_bvh(clip));
  REQUIRE(back.ok());
  CHECK(worst_difference(*back, clip) < 1e-4f);
}

TEST_CASE("curves of a turning dancer do not jump by a circle") {
  const auto bvh = parse_bvh(write_bvh(mt::dancing(150, 2.f)));
  REQUIRE(bvh.ok());
  for (std::size_t i = 1; i < bvh->frames; ++i)
    for (std::size_t k = 0; k < bvh->values_per_frame; ++k)
      CHECK(std::abs(bvh->values[i * bvh->values_per_frame + k] -
                     bvh->values[(i - 1) * bvh->values_per_frame + k]) < 30);
}

TEST_CASE("other units, line ends, braces, frame rates and broken numbers in frames") {
  const motion::Clip clip = mt::dancing(60);
  std::string text = write_bvh(clip), windows;
  for (const char c : text) {
    if (c == '\n') windows += '\r';
    windows += c;
  }
  const auto back = read_bvh(windows);
  REQUIRE(back.ok());
  CHECK(worst_difference(*back, clip) < 1e-4f);
  const auto same_line = read_bvh(replaced(text, "ROOT pelvis\n{", "ROOT Rig:Pelvis {"));
  REQUIRE(same_line.ok());
  CHECK(worst_difference(*same_line, clip) < 1e-4f);
  const auto slow = read_bvh(replaced(text, "Frame Time: 0.03333333", "Frame Time: 0.06666667"));
  REQUIRE(slow.ok());
  CHECK(slow->size() == 119);
  CHECK(slow->fps == 30);
  text.back() = 'x';
  CHECK(read_bvh(text).error().code == ErrorCode::bad_format);
}

TEST_CASE("a motion without frames is written, and refused on reading") {
  CHECK(read_bvh(write_bvh(motion::Clip{})).error().code == ErrorCode::empty);
}

TEST_CASE("thousands of damaged files: an error or finite poses") {
  const std::string good = write_bvh(mt::dancing(4));
  std::mt19937 random(12);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string words[] = {" { ",          " } ",          " JOINT x ",  " End Site ",
                               " CHANNELS 6 ", " OFFSET 1 2 ", " 1e308 ",    " -1e-400 ",
                               " MOTION ",     " nan ",        " Frames: 9 "};
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::size_t k = 0, edits = 1 + pick(4); k < edits; ++k) {
      const std::size_t at = pick(text.size());
      switch (pick(5)) {
        case 0:
          text[at] = static_cast<char>(pick(256));
          break;
        case 1:
          text.erase(at, pick(200));
          break;
        case 2:
          text.insert(at, words[pick(std::size(words))]);
          break;
        case 3:
          text.resize(at);
          break;
        default:
          text.insert(at, text.substr(pick(text.size()), pick(300)));
      }
      if (text.empty()) text.push_back('H');
    }
    const auto clip = read_bvh(text);
    if (!clip) {
      CHECK_FALSE(clip.error().message.empty());
      continue;
    }
    ++accepted;
    for (const motion::Frame& frame : clip->frames)
      for (const motion::Vec3& p : motion::joint_positions(frame)) REQUIRE(p.allFinite());
  }
  CHECK(accepted > 20);
}
