#include "motion/motion_vector.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;

TEST_CASE("decoding garbage gives finite poses") {
  CHECK(decode({}).size() == 0);
  std::vector<float> values(3 * kMotionDims, std::numeric_limits<float>::quiet_NaN());
  values[kMotionDims] = std::numeric_limits<float>::infinity();
  const Clip clip = decode(values);
  REQUIRE(clip.size() == 3);
  for (const Frame& frame : clip.frames) {
    for (const Vec3& p : joint_positions(frame)) CHECK(p.allFinite());
    for (const float c : frame.contacts) CHECK((c >= 0 && c <= 1));
  }
  CHECK(encode(Clip{}).empty());
}

TEST_CASE("decode is the inverse of encode, up to where the dance starts") {
  Clip clip = testing::dancing(120);
  std::mt19937 random(3);
  std::uniform_real_distribution<float> step(-0.02f, 0.02f);
  Vec3 place(1.5f, 0, -2);
  for (Frame& frame : clip.frames) {
    frame.root.x() = place.x();
    frame.root.z() = place.z();
    place += Vec3(step(random), 0, step(random));
    frame.contacts = {1, 0, 0.25f, 0.5f};
  }
  const std::vector<float> values = encode(clip);
  REQUIRE(values.size() == 120 * kMotionDims);
  const Clip back = decode(values);
  REQUIRE(back.size() == 120);
  CHECK(back.fps == 30);
  const Vec3 start(1.5f, 0, -2);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    Frame moved = clip.frames[i];
    moved.root -= start;
    CHECK(testing::largest_distance(joint_positions(back.frames[i]), joint_positions(moved)) < 1e-4f);
    CHECK(back.frames[i].contacts == clip.frames[i].contacts);
  }
}

TEST_CASE("the layout is the documented one") {
  Clip clip;
  clip.frames.resize(2);
  clip.frames[1].root = {0.1f, 0.8f, -0.2f};
  const std::vector<float> v = encode(clip);
  CHECK(v[kRootOffset] == doctest::Approx(3));  // frame 0 repeats the velocity of frame 1
  CHECK(v[kMotionDims + kRootOffset] == doctest::Approx(3));
  CHECK(v[kMotionDims + kRootOffset + 1] == doctest::Approx(0.8));
  CHECK(v[kMotionDims + kRootOffset + 2] == doctest::Approx(-6));
  for (int j = 0; j < kJoints; ++j) {
    const float* six = v.data() + kRotationOffset + 6 * j;
    CHECK((six[0] == 1 && six[1] == 0 && six[2] == 0 && six[3] == 0 && six[4] == 1 && six[5] == 0));
  }
}
