#include "generate/constrain/demands.h"

#include <doctest/doctest.h>

#include "core/generate/constrain/obedience.h"
#include "core/motion/random_motion.h"
#include "generate/constrain/validate.h"

using namespace terpsi;
using namespace terpsi::generate;
using motion::testing::dancing;
using motion::testing::turn;
using test::standing;

namespace {

constexpr std::size_t kFrames = 600;

}  // namespace

TEST_CASE("constraints: demands frame by frame, and how far a clip is from them") {
  Constraints c;
  c.dances = {dancing(kFrames)};
  c.kept = {{2, 3, find_body_part("head")->joints, 0}};
  c.keyframes = {standing(1), standing(20)};
  c.keyframes[0].root = {1.f, {}, -1.f};
  c.keyframes[1].keep_facing = false;
  c.path = {{4, 0.5f, 0.25f, 1.f}};
  REQUIRE(validate(c, kFrames));
  const Demands d = demands(c, kFrames);
  CHECK(d.joints[29] == 0);
  CHECK(d.joints[30] == find_body_part("whole")->joints);
  CHECK(d.places[30] == (Demands::kX | Demands::kZ));
  CHECK(d.joints[59] == 0);
  CHECK(d.joints[60] == find_body_part("head")->joints);
  CHECK(d.joints[89] == find_body_part("head")->joints);
  CHECK(d.joints[90] == 0);
  CHECK(d.places[120] == (Demands::kX | Demands::kZ | Demands::kHeading));
  CHECK(d.places[599] == Demands::kTilt);

  motion::Clip clip = c.dances[0];
  clip.frames[30] = d.frames[30];
  clip.frames[120].root = {0.5f, 7, 0.25f};
  clip.frames[120].rotations[0] = turn(1.f, motion::Vec3::UnitY()) * turn(0.4f, motion::Vec3::UnitX());
  clip.frames[599] = motion::Frame();
  clip.frames[599].rotations[0] = turn(2.f, motion::Vec3::UnitY());
  CHECK(test::disobedience(clip, d).metres < 1e-6);
  CHECK(test::disobedience(clip, d).degrees < 0.01);
  clip.frames[30].root.z() += 0.02f;
  clip.frames[70].rotations[motion::kHead] =
      clip.frames[70].rotations[motion::kHead] * turn(0.01f, motion::Vec3::UnitX());
  CHECK(test::disobedience(clip, d).metres == doctest::Approx(0.02));
  CHECK(test::disobedience(clip, d).degrees == doctest::Approx(0.573).epsilon(0.01));
}
