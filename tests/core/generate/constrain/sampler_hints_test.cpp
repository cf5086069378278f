#include "generate/constrain/sampler_hints.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/generate/constrain/obedience.h"
#include "core/generate/fixture.h"
#include "core/motion/random_motion.h"
#include "generate/finish/beat_warp.h"
#include "motion/motion_vector.h"

using namespace terpsi;
using namespace terpsi::generate;
using motion::testing::dancing;
using test::standing;

namespace {

constexpr std::size_t kDanceFrames = 600;

}  // namespace

TEST_CASE("constraints: what the sampler is told") {
  const auto model = test::small_model();
  const auto music = test::small_song(20);
  const auto condition = make_condition(music, model, {"slow", 1, 0.5f});
  REQUIRE_MESSAGE(condition, condition.error().message);
  CHECK(known_motion({}, *condition).empty());

  Constraints c;
  c.dances = {dancing(kDanceFrames)};
  c.kept = {{2, 3, find_body_part("whole")->joints, 0}};
  c.keyframes = {standing(10)};
  c.keyframes[0].joints = find_body_part("right_arm")->joints;
  c.path = {{5, 0, 0, {}}, {7, 2, 0, {}}};
  FinishOptions plain;
  plain.beat_snap = false;
  const KnownMotion known = known_motion(c, *condition, plain);
  REQUIRE(known.mask.size() == kDanceFrames * motion::kMotionDims);
  REQUIRE(known.values.size() == known.mask.size());
  const auto row = [&](const std::vector<float>& v, std::size_t f) {
    return v.data() + f * motion::kMotionDims;
  };
  const auto count = [&](std::size_t f) {
    float sum = 0;
    for (int d = 0; d < motion::kMotionDims; ++d) sum += row(known.mask, f)[d];
    return static_cast<int>(sum);
  };
  CHECK(count(59) == 0);
  CHECK(count(60) == motion::kMotionDims - 2);  // no velocity: the frame before is not known
  CHECK(count(61) == motion::kMotionDims);
  CHECK(count(90) == 0);
  CHECK(count(300) == 5 * 6);
  CHECK(count(180) == 2);
  CHECK(row(known.values, 180)[motion::kRootOffset] == doctest::Approx(1.f));
  const auto encoded = motion::encode(c.dances[0]);
  for (int d = 0; d < motion::kMotionDims; ++d) {
    CHECK(std::abs(row(known.values, 75)[d] -
                   encoded[75 * motion::kMotionDims + static_cast<std::size_t>(d)]) < 1e-3f);
  }

  // With the beat warp, what is known sits where the warp's steady part will fetch it from.
  FinishOptions eased;
  eased.beat_ease = 0.8f;
  const KnownMotion bent = known_motion(c, *condition, eased);
  BeatWarp warp;
  warp.beats = warp_targets(condition->beats, condition->dance_beats);
  warp.amplitude = eased.beat_ease;
  c.keyframes[0].time = condition->beats[10] + 0.12;
  const KnownMotion moved = known_motion(c, *condition, eased);
  const auto f =
      static_cast<std::size_t>(std::lround(warp.ease(std::lround(c.keyframes[0].time * 30) / 30.0) * 30));
  CHECK(row(moved.mask, f)[motion::kRotationOffset + 6 * motion::kRElbow] == 1.f);
  CHECK(bent.mask != known.mask);
}
