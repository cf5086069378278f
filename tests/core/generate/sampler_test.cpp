#include "generate/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/generate/fixture.h"
#include "generate/noise.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

constexpr std::size_t kDims = motion::kMotionDims;

// A condition whose column 7 is the frame number / 1000, so that a fake network can see where it is.
Condition numbered(const ModelInfo& model, int frames) {
  Condition c;
  c.frames = frames;
  c.columns = model.condition_columns;
  c.values.assign(static_cast<std::size_t>(frames * c.columns), 0.f);
  c.phrases.assign(static_cast<std::size_t>(frames), 3);
  for (int i = 0; i < frames; ++i) {
    c.values[static_cast<std::size_t>(i * c.columns + 7)] = static_cast<float>(i) / 1000.f;
    c.noise_frames.push_back(i);
  }
  return c;
}

float truth(float frame, std::size_t d) {
  return std::sin(0.05f * frame + 0.1f * static_cast<float>(d));
}

// A denoiser that knows the truth, but each window adds its own error (`bias`, different from window to
// window) and, before the end, part of the noise it was given.
std::vector<float> fake_network(const StepInput& in, const ModelInfo& model, float bias) {
  std::vector<float> x1(in.x.size());
  const auto window = static_cast<std::size_t>(model.window);
  const auto columns = static_cast<std::size_t>(model.condition_columns);
  for (std::size_t b = 0; b < static_cast<std::size_t>(in.batch); ++b) {
    const float first = in.cond[b * window * columns + 7] * 1000.f;
    for (std::size_t f = 0; f < window; ++f) {
      const std::size_t row = b * window + f;
      for (std::size_t d = 0; d < kDims; ++d) {
        const float wrong = bias * std::sin(first + static_cast<float>(d));
        const float noise = in.x[row * kDims + d] * (1.f - in.t[b]) * 0.1f;
        x1[row * kDims + d] =
            truth(in.cond[row * columns + 7] * 1000.f, d) + wrong + (in.t[b] < 0.6f ? noise : 0.f);
      }
    }
  }
  return x1;
}

std::vector<float> run(const ModelInfo& model, const Condition& condition, int max_batch, float bias,
                       std::uint64_t seed = 5) {
  Sampler sampler(model, condition, seed, max_batch);
  double progress = 0;
  std::vector<float> seen;  // ready motion never changes
  while (!sampler.done()) {
    const StepInput& in = sampler.next();
    CHECK(&in == &sampler.next());
    REQUIRE(sampler.feed(fake_network(in, model, bias)).ok());
    CHECK(sampler.progress() > progress);
    progress = sampler.progress();
    const auto motion = sampler.motion();
    REQUIRE(motion.size() == static_cast<std::size_t>(sampler.ready_frames()) * kDims);
    CHECK(std::equal(seen.begin(), seen.end(), motion.begin()));
    seen.assign(motion.begin(), motion.end());
  }
  CHECK(sampler.progress() == 1.0);
  CHECK(sampler.ready_frames() == condition.frames);
  return seen;
}

float worst_jerk(const std::vector<float>& motion, std::size_t from, std::size_t to) {
  float worst = 0;
  const auto at = [&](std::size_t f, std::size_t d) { return motion[f * kDims + d]; };
  for (std::size_t f = std::max<std::size_t>(from, 3); f < to; ++f) {
    for (std::size_t d = 0; d < kDims; ++d) {
      worst = std::max(worst, std::abs(at(f, d) - 3 * at(f - 1, d) + 3 * at(f - 2, d) - at(f - 3, d)));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("sampler: conditions that do not fit, outputs that cannot be") {
  const ModelInfo model = test::small_model();
  const auto dead = [&](const ModelInfo& m, const Condition& c) {
    Sampler sampler(m, c, 1);
    CHECK(sampler.done());
    CHECK(sampler.ready_frames() == 0);
    CHECK(sampler.motion().empty());
    CHECK(sampler.progress() == 1.0);
    CHECK(sampler.next().batch == 0);
    CHECK_FALSE(sampler.feed({}).ok());
  };
  dead(model, Condition{});
  dead(ModelInfo{}, numbered(model, 100));
  Condition c = numbered(model, 100);
  c.columns = 11;
  dead(model, c);
  c = numbered(model, 100);
  c.phrases.pop_back();
  dead(model, c);
  c = numbered(model, 100);
  c.noise_frames.clear();
  dead(model, c);
  c = numbered(model, 100);
  c.frames = -4;
  dead(model, c);

  c = numbered(model, 300);
  Sampler sampler(model, c, 1);
  std::vector<float> x1 = fake_network(sampler.next(), model, 0);
  CHECK(sampler.feed({}).error().code == ErrorCode::invalid_argument);
  CHECK(sampler.feed(std::span<const float>(x1).subspan(1)).error().code == ErrorCode::invalid_argument);
  x1[77] = std::numeric_limits<float>::quiet_NaN();
  CHECK(sampler.feed(x1).error().code == ErrorCode::internal);
  CHECK(sampler.progress() == 0.0);  // a refused result changes nothing: try again
  CHECK(sampler.feed(fake_network(sampler.next(), model, 0)).ok());
}

TEST_CASE("sampler: shapes, noise and times of the first step") {
  const ModelInfo model = test::small_model();
  const Condition c = numbered(model, 300);
  Sampler sampler(model, c, 99);
  const StepInput& in = sampler.next();
  CHECK(in.batch == 1);
  REQUIRE(in.x.size() == 120 * kDims);
  REQUIRE(in.cond.size() == 120u * 12u);
  REQUIRE(in.phrase.size() == 120);
  REQUIRE(in.t.size() == 1);
  CHECK(in.t[0] == 0.f);
  CHECK(in.phrase[7] == 3);
  CHECK(in.x[5 * kDims + 17] == gaussian(99, Stream::motion, 5, 17));
}

TEST_CASE("sampler: any length comes out whole, with mean and std put back") {
  ModelInfo model = test::small_model();
  model.mean.fill(2.f);
  model.std.fill(3.f);
  for (int frames : {1, 2, 3, 29, 30, 31, 119, 120, 121, 209, 210, 211, 300, 901}) {
    const Condition c = numbered(model, frames);
    const std::vector<float> motion = run(model, c, 8, 0);
    REQUIRE(motion.size() == static_cast<std::size_t>(frames) * kDims);
    for (std::size_t f = 0; f < static_cast<std::size_t>(frames); ++f) {
      for (std::size_t d = 0; d < kDims; d += 10) {
        CHECK(motion[f * kDims + d] ==
              doctest::Approx(2 + 3 * truth(static_cast<float>(f), d)).epsilon(0.001).scale(1));
      }
    }
  }
}

TEST_CASE("sampler: no seam, although the windows disagree") {
  const ModelInfo model = test::small_model();
  const Condition c = numbered(model, 1200);
  const float inside = worst_jerk(run(model, c, 8, 0), 0, 1200);  // of the truth itself
  for (int max_batch : {1, 3, 8})
    CHECK(worst_jerk(run(model, c, max_batch, 0.1f), 0, 1200) < 3 * inside + 0.001f);
}

TEST_CASE("sampler: batch size hardly matters, the seed does, and the same run gives the same bits") {
  const ModelInfo model = test::small_model();
  const Condition c = numbered(model, 1000);
  const std::vector<float> one = run(model, c, 1, 0.05f), eight = run(model, c, 8, 0.05f);
  for (std::size_t i = 0; i < one.size(); ++i) CHECK_UNARY(std::abs(one[i] - eight[i]) < 0.05f);
  CHECK(run(model, c, 8, 0.05f) == eight);
  ModelInfo noisy = model;
  noisy.times = {0.f};  // the fake network lets noise through at t = 0
  CHECK(run(noisy, c, 8, 0, 5) != run(noisy, c, 8, 0, 6));
}

TEST_CASE("sampler: the update rule") {
  ModelInfo model = test::small_model();
  model.times = {0.f, 0.25f, 0.5f};
  const Condition c = numbered(model, 50);
  Sampler sampler(model, c, 3);
  const float noise = sampler.next().x[200];
  std::vector<float> x1(sampler.next().x.size(), 10.f);
  REQUIRE(sampler.feed(x1).ok());
  CHECK(sampler.next().t[0] == 0.25f);
  CHECK(sampler.next().x[200] == doctest::Approx(0.75f * noise + 2.5f));
  REQUIRE(sampler.feed(x1).ok());
  CHECK(sampler.next().x[200] == doctest::Approx(0.5f * noise + 5.f));
  std::fill(x1.begin(), x1.end(), 4.f);
  REQUIRE(sampler.feed(x1).ok());
  CHECK(sampler.done());
  CHECK(sampler.motion()[200] == 4.f);
}

TEST_CASE("sampler: past the end of the song the beat goes on") {
  const ModelInfo model = test::small_model();
  const auto whole = make_condition(test::small_song(10, 120, 0, 0), model, {"fast", 1, 0.5f});
  REQUIRE(whole.ok());
  Condition cut = *whole;
  cut.frames = 60;
  cut.values.resize(60u * 12u);
  cut.phrases.resize(60);
  cut.noise_frames.resize(60);
  Sampler sampler(model, cut, 1);
  const auto cond = sampler.next().cond;
  for (std::size_t f = 60; f < 120; ++f) {
    for (std::size_t k = 0; k < 7; ++k) {
      CHECK(cond[f * 12 + k] == doctest::Approx(whole->values[f * 12 + k]).epsilon(0.001).scale(1));
    }
  }
}
