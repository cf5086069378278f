#include "generate/choose/best_of.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "core/generate/dancer.h"
#include "core/generate/fixture.h"
#include "measure/metrics.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

namespace {

constexpr std::size_t kDims = motion::kMotionDims;

// Dances a swing whose size depends on the noise it is given, window by window.
class Swinger {
 public:
  explicit Swinger(const ModelInfo& model)
      : window_(static_cast<std::size_t>(model.window)),
        columns_(static_cast<std::size_t>(model.condition_columns)),
        large_(motion::encode(test::swinging(4000, 1.0, 0.1))),
        still_(motion::encode(test::swinging(4000, 1e9, 0))) {}

  std::vector<float> operator()(const StepInput& in) const {
    std::vector<float> x1(in.x.size());
    for (std::size_t b = 0; b < static_cast<std::size_t>(in.batch); ++b) {
      float noise = 0;
      for (std::size_t i = 0; i < window_ * kDims; ++i) noise += in.x[b * window_ * kDims + i];
      const float size = 0.5f + 0.5f * std::tanh(noise / 100.f);
      for (std::size_t f = 0; f < window_; ++f) {
        const auto frame = static_cast<std::size_t>(
            std::clamp(std::lround(in.cond[(b * window_ + f) * columns_ + ConditionLayout::kAccent] * 4096.f),
                       0L, 3999L));
        for (std::size_t d = 0; d < kDims; ++d) {
          const float a = still_[frame * kDims + d], z = large_[frame * kDims + d];
          x1[(b * window_ + f) * kDims + d] = a + size * (z - a);
        }
      }
    }
    return x1;
  }

 private:
  std::size_t window_, columns_;
  std::vector<float> large_, still_;
};

struct Stage {
  ModelInfo model = test::small_model();
  audio::MusicAnalysis song = test::small_song(64);
  std::vector<Condition> plans = std::vector<Condition>(1);
  Swinger network;

  Condition& condition() { return plans.front(); }
  const Condition& condition() const { return plans.front(); }

  Stage() : network(model) {
    model.times = {0.f};
    auto made = make_condition(song, model, {});
    REQUIRE(made.ok());
    plans.front() = std::move(*made);
    for (std::size_t i = 0; i < static_cast<std::size_t>(condition().frames); ++i)  // exact in float32
      condition().values[i * 12 + 8] = static_cast<float>(i) / 4096.f;
  }

  BestOf run(int candidates, std::uint64_t seed = 3) const {
    BestOf best(model, plans, seed, {}, {.candidates = candidates, .sections = song.sections});
    double progress = -1;
    int ready = 0;
    while (!best.done()) {
      REQUIRE(best.feed(network(best.next())).ok());
      CHECK(best.progress() > progress);
      CHECK(best.ready_frames() >= ready);
      progress = best.progress(), ready = best.ready_frames();
    }
    CHECK(progress == 1.0);
    CHECK(ready == condition().frames);
    return best;
  }
};

}  // namespace

TEST_CASE("best of: what cannot be sampled gives no dance, wrong results are refused") {
  const ModelInfo model = test::small_model();
  const Condition nothing;
  BestOf dead(model, {&nothing, 1}, 1, {}, {.candidates = 3});
  CHECK(dead.done());
  CHECK(dead.progress() == 1.0);
  CHECK(dead.motion().empty());
  CHECK_FALSE(dead.feed({}).ok());
  const Stage stage;
  BestOf best(stage.model, {&stage.condition(), 1}, 1, {}, {.candidates = -4});
  CHECK_FALSE(best.feed({}).ok());
  CHECK(best.feed(stage.network(best.next())).ok());
  CHECK(best.ready_frames() > 0);  // one candidate: nothing to wait for
}

TEST_CASE("best of: one candidate is the sampler itself") {
  const Stage stage;
  Sampler sampler(stage.model, stage.condition(), 3);
  while (!sampler.done()) REQUIRE(sampler.feed(stage.network(sampler.next())).ok());
  const BestOf one = stage.run(1);
  CHECK(
      std::equal(sampler.motion().begin(), sampler.motion().end(), one.motion().begin(), one.motion().end()));
  CHECK(one.choices().empty());
}

TEST_CASE("best of: every section takes its best candidate, and the same again") {
  const Stage stage;
  const BestOf best = stage.run(4);
  REQUIRE(best.choices().size() >= 3);
  int frame = 0, returns = 0;
  bool others = false;
  for (std::size_t i = 0; i < best.choices().size(); ++i) {
    const Choice& choice = best.choices()[i];
    CHECK(choice.start == frame);
    frame = choice.end;
    REQUIRE(choice.figures.size() == 4);
    const double points = candidate_score(choice.figures[static_cast<std::size_t>(choice.candidate)]);
    for (const CandidateFigures& f : choice.figures) CHECK(points + kReturnBonus >= candidate_score(f));
    if (i < 2) {  // A and B for the first time: nothing is preferred
      for (const CandidateFigures& f : choice.figures) CHECK(points >= candidate_score(f));
    }
    others = others || choice.candidate != 0;
    returns += i >= 2 && choice.candidate == best.choices()[i - 2].candidate ? 1 : 0;
  }
  CHECK(frame == stage.condition().frames);
  CHECK(others);
  const BestOf again = stage.run(4);
  CHECK(std::equal(best.motion().begin(), best.motion().end(), again.motion().begin(), again.motion().end()));
}

TEST_CASE("best of: a choice leaves no seam") {
  const Stage stage;
  for (std::uint64_t seed : {3, 4, 5}) {
    const BestOf best = stage.run(5, seed);
    std::vector<std::size_t> seams;
    for (const Choice& choice : best.choices()) {
      if (choice.start > 0) seams.push_back(static_cast<std::size_t>(choice.start));
      if (choice.start > 0) seams.push_back(static_cast<std::size_t>(choice.start + stage.model.overlap));
    }
    REQUIRE(seams.size() >= 4);
    const auto joints = motion::joint_positions(motion::decode(best.motion()));
    CHECK(measure::seam_jerk_ratio(joints, 30, seams) < 1.5);
  }
}

TEST_CASE("best of: candidates take the phrases of all plans, and what returns keeps the plan it had") {
  Stage stage;
  for (int plan = 1; plan < 3; ++plan) {
    stage.plans.push_back(stage.plans.front());
    for (auto& code : stage.plans.back().phrases) code = 0;
  }
  // The network dances still where there is no phrase: the first plan is the best.
  BestOf best(stage.model, stage.plans, 3, {}, {.candidates = 3, .sections = stage.song.sections});
  int still = 0;
  while (!best.done()) {
    const StepInput& in = best.next();
    std::vector<float> x1 = stage.network(in);
    if (in.phrase[0] == 0) {
      ++still;
      std::fill(x1.begin(), x1.end(), 0.f);
    }
    REQUIRE(best.feed(x1).ok());
  }
  CHECK(still > 0);
  std::vector<int> labels;
  for (const Choice& choice : best.choices()) {
    CHECK(choice.plan == 0);
    const bool returns = std::find(labels.begin(), labels.end(), choice.label) != labels.end();
    labels.push_back(choice.label);
    if (!returns) CHECK(choice.candidate == 0);
    if (returns) CHECK(choice.figures[1].freeze < 0.3);  // all candidates had the first plan
    if (!returns) CHECK(choice.figures[1].freeze > 0.5);
  }
  CHECK(labels == std::vector<int>{0, 1, 0, 1});

  std::vector<Condition> odd = stage.plans;  // a plan of another song is left alone
  odd[1].frames = 60;
  BestOf careful(stage.model, odd, 3, {}, {.candidates = 3, .sections = stage.song.sections});
  while (!careful.done()) {
    for (const auto code : careful.next().phrase)
      CHECK_UNARY(code == stage.condition().phrases[0] || code > 0);
    REQUIRE(careful.feed(stage.network(careful.next())).ok());
  }
}
