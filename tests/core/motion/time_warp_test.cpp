#include "motion/time_warp.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/motion/random_motion.h"
#include "motion/kinematics.h"

using namespace terpsi::motion;

TEST_CASE("odd times and empty clips") {
  CHECK(warped(Clip{}, std::vector<double>{0, 1}).size() == 0);
  CHECK(with_fps(Clip{}, 60).size() == 0);
  CHECK(with_fps(testing::dancing(10), 0).size() == 0);
  CHECK(sample(Clip{}, 1).root == offset(kPelvis));
  const Clip clip = testing::dancing(30);
  for (const double t :
       {-1.0, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(sample(clip, t).root == clip.frames.front().root);
  CHECK(sample(clip, 1e300).root == clip.frames.back().root);
}

TEST_CASE("the identity warp changes nothing") {
  const Clip clip = testing::dancing(60);
  std::vector<double> times;
  for (std::size_t i = 0; i < clip.size(); ++i) times.push_back(static_cast<double>(i) / 30);
  const Clip same = warped(clip, times);
  for (std::size_t i = 0; i < clip.size(); ++i)
    CHECK(testing::largest_distance(joint_positions(same.frames[i]), joint_positions(clip.frames[i])) <
          1e-4f);
}

TEST_CASE("up to 120 fps and back is nearly lossless, and the path between frames is smooth") {
  const Clip clip = testing::dancing(90), fine = with_fps(clip, 120), back = with_fps(fine, 30);
  CHECK(fine.size() == 357);
  REQUIRE(back.size() == 90);
  for (std::size_t i = 0; i < clip.size(); ++i)
    CHECK(testing::largest_distance(joint_positions(back.frames[i]), joint_positions(clip.frames[i])) <
          1e-4f);
  for (std::size_t i = 1; i < fine.size(); ++i)
    CHECK(testing::largest_distance(joint_positions(fine.frames[i]), joint_positions(fine.frames[i - 1])) <
          0.03f);
}

TEST_CASE("half speed takes the middle pose") {
  Clip clip;
  clip.frames.resize(2);
  clip.frames[1].root.x() = 1;
  clip.frames[1].rotations[kLElbow] = testing::turn(1.f, Vec3::UnitY());
  clip.frames[1].contacts[0] = 1;
  const Frame middle = sample(clip, 0.5 / 30);
  CHECK(middle.root.x() == doctest::Approx(0.5));
  CHECK(Eigen::AngleAxisf(middle.rotations[kLElbow]).angle() == doctest::Approx(0.5).epsilon(1e-4));
  CHECK(middle.contacts[0] == doctest::Approx(0.5));
}
