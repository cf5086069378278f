#include "measure/variety.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/motion/gliding.h"
#include "core/motion/golden.h"
#include "core/motion/random_motion.h"

using namespace terpsi::motion;
using namespace terpsi::measure;
using terpsi::audio::Section;
using terpsi::motion::testing::gliding;

namespace {

std::vector<Section> golden_sections() {
  const auto v = testing::golden_values("sections");
  std::vector<Section> out;
  for (std::size_t i = 0; i + 2 < v.size(); i += 3)
    out.push_back({static_cast<double>(v[i]), static_cast<double>(v[i + 1]), static_cast<int>(v[i + 2])});
  return out;
}

}  // namespace

TEST_CASE("variety of fewer than three windows is nothing") {
  for (const std::size_t frames : {0u, 1u, 59u, 60u, 114u})
    CHECK(variety(gliding(frames, Vec3::Zero()), 30).windows == 0);
  CHECK(variety(gliding(115, Vec3::Zero()), 30).windows == 3);
  CHECK(variety(gliding(300, Vec3::Zero()), 0).windows == 0);
  CHECK(variety(gliding(300, Vec3::Zero()), NAN).windows == 0);
  CHECK(variety(gliding(300, Vec3::Zero()), 1e-300).windows > 0);  // a pose is at least a frame
}

TEST_CASE("variety agrees with an independent implementation") {
  const auto expected = testing::golden_values("variety_values");
  const auto v = variety(testing::golden_joints("again"), 30, golden_sections());
  CHECK(static_cast<float>(v.windows) == expected[0]);
  CHECK(v.repetition == doctest::Approx(expected[1]).epsilon(1e-5));
  CHECK(v.repetition_but_returns == doctest::Approx(expected[2]).epsilon(1e-5));
  CHECK(v.repetition_but_returns < v.repetition);
}

TEST_CASE("a statue repeats itself, wherever it is carried") {
  const auto v = variety(gliding(300, {0.1f, 0, 0.02f}), 30);
  CHECK(v.repetition == 1);
  CHECK(v.repetition_but_returns == 1);
}

TEST_CASE("the same steps to another front look different") {
  std::vector<JointPositions> joints = gliding(150, Vec3::Zero());
  for (std::size_t i = 0; i < joints.size(); ++i) {
    const Quat turn = testing::turn(static_cast<float>(i) * 0.04f, Vec3::UnitY());
    for (Vec3& p : joints[i]) p = turn * p;
  }
  CHECK(variety(joints, 30).repetition == 0);
}

TEST_CASE("only what returns with its section is forgiven") {
  const auto statue = gliding(300, Vec3::Zero());
  const Section halves[] = {{0, 5, 0}, {5, 10, 0}};
  CHECK(variety(statue, 30, halves).repetition_but_returns == 1);  // within each half it stands too
  std::vector<Section> seconds;
  for (int i = 0; i < 10; ++i) seconds.push_back({static_cast<double>(i), i + 1., 0});
  CHECK(variety(statue, 30, seconds).repetition_but_returns == 0);
  for (Section& section : seconds) section.label = static_cast<int>(section.start);
  CHECK(variety(statue, 30, seconds).repetition_but_returns == 1);
}
