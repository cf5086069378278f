#pragma once
// tests/golden/motion_golden.npz, written by make_motion_golden.py.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "format/npz.h"
#include "motion/clip.h"
#include "source_path.h"

namespace terpsi::motion::testing {

inline const format::Npz& golden() {
  static const format::Npz npz = [] {
    std::ifstream file(terpsi::project::source_path("tests/golden/motion_golden.npz"), std::ios::binary);
    const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
    auto parsed = format::parse_npz(bytes);
    REQUIRE_MESSAGE(parsed.ok(), "run tests/golden/make_motion_golden.py");
    return *parsed;
  }();
  return npz;
}

inline std::vector<float> golden_values(const char* name) {
  const auto values = format::to_floats(golden().at(name));
  REQUIRE(values.ok());
  return *values;
}

// An array (T,24,3) as joint positions.
inline std::vector<JointPositions> golden_joints(const char* name) {
  const std::vector<float> v = golden_values(name);
  std::vector<JointPositions> out(v.size() / (3 * kJoints));
  for (std::size_t i = 0; i < out.size(); ++i)
    for (std::size_t j = 0; j < kJoints; ++j) {
      const float* p = v.data() + (i * kJoints + j) * 3;
      out[i][j] = {p[0], p[1], p[2]};
    }
  return out;
}

// The synthetic dance itself: arrays wxyz and root.
inline Clip golden_clip() {
  const std::vector<float> q = golden_values("wxyz"), r = golden_values("root");
  Clip clip;
  clip.frames.resize(r.size() / 3);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    clip.frames[i].root = {r[3 * i], r[3 * i + 1], r[3 * i + 2]};
    for (std::size_t j = 0; j < kJoints; ++j) {
      const float* c = q.data() + (i * kJoints + j) * 4;
      clip.frames[i].rotations[j] = Quat(c[0], c[1], c[2], c[3]).normalized();
    }
  }
  return clip;
}

}  // namespace terpsi::motion::testing
