#include "measure/recogniser_input.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "format/npz.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::motion;
using namespace terpsi::measure;

namespace {

std::vector<float> golden(const std::string& name) {
  std::ifstream file(terpsi::project::source_path("tests/golden/recogniser_golden.npz"), std::ios::binary);
  const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
  const auto npz = format::parse_npz(bytes);
  REQUIRE_MESSAGE(npz.ok(), "run tests/golden/make_recogniser_golden.py");
  const auto values = format::to_floats(npz->at(name));
  REQUIRE(values.ok());
  return *values;
}

std::vector<JointPositions> golden_joints(const std::string& name) {
  const auto v = golden(name);
  std::vector<JointPositions> out(v.size() / (3 * kJoints));
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t j = 0; j < kJoints; ++j) {
      const float* p = v.data() + (i * kJoints + j) * 3;
      out[i][j] = {p[0], p[1], p[2]};
    }
  }
  return out;
}

float farthest(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

}  // namespace

TEST_CASE("recogniser input: no frames, one frame, and values that are no numbers") {
  CHECK(recogniser_input({}).empty());
  JointPositions frame = golden_joints("joints_turning").front();
  const auto one = recogniser_input(std::span(&frame, 1));
  REQUIRE(one.size() == kRecogniserChannels);
  for (std::size_t i = 3 * kJoints; i < one.size(); ++i) CHECK(one[i] == 0);
  for (auto& joint : frame) joint.setConstant(std::nanf(""));
  CHECK(recogniser_input(std::span(&frame, 1)).size() == kRecogniserChannels);
}

TEST_CASE("recogniser input: as in training, also for a body without a heading") {
  for (const std::string name : {"turning", "lying"}) {
    const auto joints = golden_joints("joints_" + name);
    CHECK_MESSAGE(farthest(recogniser_input(joints), golden("input_" + name)) < 2e-4f, name);
  }
}

TEST_CASE("recogniser input: neither the place nor the heading of the dance matters") {
  auto joints = golden_joints("joints_turning");
  const auto here = recogniser_input(joints);
  const Eigen::AngleAxisf turn(2.1f, Vec3::UnitY());
  for (auto& frame : joints) {
    for (auto& joint : frame) joint = turn * joint + Vec3(3, 0, -2);
  }
  CHECK(farthest(here, recogniser_input(joints)) < 5e-4f);
  for (auto& frame : joints) {
    for (auto& joint : frame) joint.y() += 0.5f;
  }
  CHECK(farthest(here, recogniser_input(joints)) > 0.49f);
}

TEST_CASE("recogniser windows: the last one ends with the motion") {
  using Starts = std::vector<std::size_t>;
  CHECK(recogniser_windows(89, 90, 30).empty());
  CHECK(recogniser_windows(0, 0, 30).empty());
  CHECK(recogniser_windows(100, 90, 0).empty());
  CHECK(recogniser_windows(90, 90, 30) == Starts{0});
  CHECK(recogniser_windows(91, 90, 30) == Starts{0, 1});
  CHECK(recogniser_windows(150, 90, 30) == Starts{0, 30, 60});
  CHECK(recogniser_windows(151, 90, 30) == Starts{0, 30, 60, 61});
}
