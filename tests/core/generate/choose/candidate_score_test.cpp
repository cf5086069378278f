#include "generate/choose/candidate_score.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/generate/dancer.h"
#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

using Joints = std::vector<motion::JointPositions>;

CandidateFigures figures_of(const motion::Clip& clip, const CandidateSetting& setting) {
  return candidate_figures(motion::joint_positions(clip), 30, setting);
}

double magnitude_of(const motion::Clip& clip) {
  CandidateSetting setting;
  setting.style_magnitude = 1;
  return figures_of(clip, setting).magnitude_ratio;
}

// On the beat, of the style's size, at rest on its feet: nothing to complain of.
struct Good {
  motion::Clip clip = test::swinging(600, 1.0, 0.25);  // 20 s; at rest at 0.25, 0.75, ...
  CandidateSetting setting;

  Good() {
    setting.beats = test::regular(0.25, 0.5, 20);
    setting.style_magnitude = magnitude_of(clip);
  }
  double score(const motion::Clip& other) const { return candidate_score(figures_of(other, setting)); }
};

}  // namespace

TEST_CASE("candidate score: nothing to judge") {
  for (std::size_t frames : {0, 1, 3}) {
    const CandidateFigures f = figures_of(test::swinging(frames, 1, 0), {});
    CHECK(f.beat_excess == 0);
    CHECK(f.magnitude_ratio == 1);
    CHECK(candidate_score(f) == 0);
  }
  const CandidateFigures still = figures_of(test::swinging(4, 1e9, 0), {});
  CHECK(std::isfinite(candidate_score(still)));
  motion::Clip frozen;
  frozen.frames.resize(300);
  const CandidateFigures f = figures_of(frozen, Good().setting);
  CHECK(f.freeze == 1);
  CHECK(f.magnitude_ratio == 0);
  CHECK(candidate_score(f) < -50);
  CHECK(std::isfinite(candidate_score(f)));
}

TEST_CASE("candidate score: the weights are those of its formula") {
  CandidateFigures f;
  f.beat_excess = 0.1;      // +2
  f.foot_skate = 0.05;      // -1
  f.magnitude_ratio = 0.5;  // -4
  f.roughness = 1.4;        // -2
  f.freeze = 0.02;          // -1
  f.join = 2;               // -2
  f.repetition = 0.2;       // -2
  CHECK(candidate_score(f) == doctest::Approx(-10));
  f.magnitude_ratio = 2;
  CHECK(candidate_score(f) == doctest::Approx(-10));
  f.roughness = 0.3;  // no prize for smoothness, nor for a quiet join
  f.join = 0.2;
  CHECK(candidate_score(f) == doctest::Approx(-6));
}

TEST_CASE("candidate score: on the beat beats off the beat") {
  const Good good;
  const motion::Clip late = test::swinging(600, 1.0, 0.01);  // rests between the beats
  CHECK(figures_of(good.clip, good.setting).beat_excess > 0.3);
  CHECK(figures_of(late, good.setting).beat_excess < 0);
  CHECK(good.score(good.clip) > good.score(late) + 5);
}

TEST_CASE("candidate score: sliding, trembling and small dances lose") {
  const Good good;
  motion::Clip sliding = test::swinging(600, 1.0, 0.25, 0.8);
  CHECK(figures_of(sliding, good.setting).foot_skate > 0.5);
  CHECK(good.score(good.clip) > good.score(sliding) + 5);

  motion::Clip trembling = good.clip;
  for (std::size_t i = 0; i < trembling.size(); ++i) {
    auto& q = trembling.frames[i].rotations[motion::kSpine1];
    q = q * motion::Quat(Eigen::AngleAxisf(i % 2 == 0 ? 0.04f : -0.04f, motion::Vec3::UnitX()));
  }
  CHECK(figures_of(trembling, good.setting).roughness > figures_of(good.clip, good.setting).roughness + 0.5);
  CHECK(good.score(good.clip) > good.score(trembling) + 2);

  CandidateSetting larger = good.setting;
  larger.style_magnitude *= 2;
  CHECK(figures_of(good.clip, larger).magnitude_ratio == doctest::Approx(0.5));
  CHECK(candidate_score(figures_of(good.clip, larger)) < good.score(good.clip) - 3);
}

TEST_CASE("candidate score: a jump at the join is seen there and nowhere else") {
  const Good good;
  motion::Clip jump = good.clip;
  for (std::size_t i = 300; i < jump.size(); ++i) jump.frames[i].root.x() += 0.1f;
  CandidateSetting setting = good.setting;
  CHECK(figures_of(jump, setting).join == 1);  // no join was named
  setting.join = 10;
  CHECK(figures_of(good.clip, setting).join == doctest::Approx(1).epsilon(0.2));
  CHECK(figures_of(jump, setting).join > 2);
  setting.join = 5;
  CHECK(figures_of(jump, setting).join < 1.1);
}

TEST_CASE(
    "candidate score: what was danced before counts as repetition, wherever it was and whichever way it "
    "faced") {
  const Good good;
  const Joints joints = motion::joint_positions(good.clip);
  motion::Clip turned = good.clip;
  const motion::Quat quarter(Eigen::AngleAxisf(1.5f, motion::Vec3::UnitY()));
  for (auto& frame : turned.frames) {
    frame.rotations[0] = quarter * frame.rotations[0];
    frame.root = quarter * frame.root + motion::Vec3(1, 0, 2);
  }
  CandidateSetting setting = good.setting;
  const auto other = motion::body_poses(motion::joint_positions(test::circling(300)));
  setting.danced = other;
  CHECK(figures_of(good.clip, setting).repetition == 0);
  const auto before = motion::body_poses(motion::joint_positions(turned));
  setting.danced = before;
  CHECK(figures_of(good.clip, setting).repetition == 1);
  setting.danced = std::span(before).first(59);  // less than 2 s
  CHECK(figures_of(good.clip, setting).repetition == 0);
}
