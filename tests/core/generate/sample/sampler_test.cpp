#include "generate/sample/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "core/generate/fixture.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

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
    c.values[static_cast<std::size_t>(i * c.columns + ConditionLayout::kEnergy)] =
        static_cast<float>(i) / 1000.f;
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
    const float first = in.cond[b * window * columns + ConditionLayout::kEnergy] * 1000.f;
    for (std::size_t f = 0; f < window; ++f) {
      const std::size_t row = b * window + f;
      for (std::size_t d = 0; d < kDims; ++d) {
        const float wrong = bias * std::sin(first + static_cast<float>(d));
        const float noise = in.x[row * kDims + d] * (1.f - in.t[b]) * 0.1f;
        x1[row * kDims + d] = truth(in.cond[row * columns + ConditionLayout::kEnergy] * 1000.f, d) + wrong +
                              (in.t[b] < 0.6f ? noise : 0.f);
      }
    }
  }
  return x1;
}

std::vector<float> run(const ModelInfo& model, const Condition& condition, int max_batch, float bias,
                       std::uint64_t seed = 5) {
  Sampler sampler(model, condition, seed, {.max_batch = max_batch});
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

TEST_CASE("sampler: options that cannot be give no dance") {
  const ModelInfo model = test::small_model();
  const Condition c = numbered(model, 200);
  const auto dead = [&](const SamplerOptions& options) {
    CHECK(Sampler(model, c, 1, options).done());
    CHECK(Sampler(model, c, 1, options).motion().empty());
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (float guidance : {-1.f, 21.f, nan}) dead({.guidance = guidance});
  dead({.times = {0.1f, 0.5f}});
  dead({.times = {0.f, 0.5f, 0.5f}});
  dead({.times = {0.f, 1.f}});
  dead({.times = {0.f, nan}});
  dead({.times = even_times(65)});
  KnownMotion known;
  known.mask.assign(100 * kDims, 0.f);
  dead({.known = &known});
  known.values = known.mask;
  dead({.known = &known});  // 100 frames instead of 200
  known.mask.assign(200 * kDims, 0.f);
  known.values.assign(200 * kDims, nan);
  CHECK_FALSE(Sampler(model, c, 1, {.known = &known}).done());  // nothing of it is known
  known.mask[300] = 1.f;
  dead({.known = &known});
}

TEST_CASE("sampler: the number of evaluations is the caller's") {
  CHECK(even_times(0).empty());
  CHECK(even_times(4) == std::vector<float>{0.f, 0.25f, 0.5f, 0.75f});
  const ModelInfo model = test::small_model();
  const Condition c = numbered(model, 100);
  Sampler sampler(model, c, 1, {.times = even_times(64)});
  int evaluations = 0;
  for (; !sampler.done(); ++evaluations) {
    CHECK(sampler.next().t[0] == static_cast<float>(evaluations) / 64.f);
    REQUIRE(sampler.feed(fake_network(sampler.next(), model, 0)).ok());
  }
  CHECK(evaluations == 64);
}

TEST_CASE("sampler: guidance asks twice, with and without condition, and weighs the answers") {
  ModelInfo model = test::small_model();
  model.guidance = 3.f;
  Condition c = numbered(model, 700);
  for (std::size_t i = 0; i < 700; ++i) {
    c.values[i * 12 + 8] = 0.75f;
    c.values[i * 12 + 11] = 1.f;
  }
  Sampler sampler(model, c, 4, {.max_batch = 3});
  while (!sampler.done()) {
    const StepInput& in = sampler.next();
    REQUIRE(in.batch % 2 == 0);
    const auto half = static_cast<std::size_t>(in.batch) / 2 * 120;
    REQUIRE(in.x.size() == 2 * half * kDims);
    REQUIRE(in.t.size() == static_cast<std::size_t>(in.batch));
    for (std::size_t row = 0; row < half; ++row) {
      CHECK_UNARY(std::equal(in.x.begin() + static_cast<long>(row * kDims),
                             in.x.begin() + static_cast<long>((row + 1) * kDims),
                             in.x.begin() + static_cast<long>((half + row) * kDims)));
      const float *with = in.cond.data() + row * 12, *without = in.cond.data() + (half + row) * 12;
      for (std::size_t k = 0; k < 7; ++k) CHECK_UNARY(with[k] == without[k]);
      CHECK_UNARY(with[8] == 0.75f);
      CHECK_UNARY(with[11] == 1.f);
      CHECK_UNARY(without[7] == 0.5f);
      for (std::size_t k : {8u, 10u, 11u}) CHECK_UNARY(without[k] == 0.f);
      CHECK_UNARY(in.phrase[row] == 3);
      CHECK_UNARY(in.phrase[half + row] == 0);
    }
    std::vector<float> x1(in.x.size(), 1.f);  // without the condition
    std::fill_n(x1.begin(), half * kDims, 1.5f);
    CHECK_FALSE(sampler.feed(std::span<const float>(x1).first(half * kDims)).ok());
    REQUIRE(sampler.feed(x1).ok());
  }
  for (float v : sampler.motion()) CHECK_UNARY(v == 2.5f);  // 1 + 3 (1.5 - 1)
  CHECK(Sampler(model, c, 4, {.guidance = 1.f}).next().batch == 1);
}

TEST_CASE("sampler: known motion comes out as given, and the network is told of it in its own way") {
  ModelInfo model = test::small_model();
  model.mean.fill(2.f);
  model.std.fill(4.f);
  const Condition c = numbered(model, 500);
  KnownMotion known;
  known.values.assign(500 * kDims, 0.f);
  known.mask.assign(500 * kDims, 0.f);
  const auto fix = [&](std::size_t frame, std::size_t d) {
    known.mask[frame * kDims + d] = 1.f;
    known.values[frame * kDims + d] = 10.f + static_cast<float>(frame % 7);
  };
  for (std::size_t f = 0; f < 500; ++f) fix(f, 20);                  // one channel throughout
  for (std::size_t d = 0; d < kDims; ++d) fix(100, d), fix(499, d);  // whole poses, one where windows overlap
  for (const bool masked : {false, true}) {
    CAPTURE(masked);
    model.masked = masked;
    Sampler sampler(model, c, 7, {.known = &known}), free(model, c, 7);
    CHECK(free.next().mask.size() == (masked ? free.next().x.size() : 0));
    bool first = true;
    while (!sampler.done()) {
      const StepInput& in = sampler.next();
      CHECK(in.mask.size() == (masked ? in.x.size() : 0));
      if (first) {
        const float clean = (10.f + 100 % 7 - 2.f) / 4.f, noise = gaussian(7, Stream::motion, 100, 33);
        const float t = in.t[0];
        CHECK(in.x[100 * kDims + 33] ==
              doctest::Approx(masked ? clean : (1 - t) * noise + t * clean).epsilon(1e-5));
        if (masked) {
          CHECK(in.mask[100 * kDims + 33] == 1.f);
          CHECK(in.mask[99 * kDims + 20] == 1.f);
          CHECK(in.mask[99 * kDims + 33] == 0.f);
        }
      }
      std::vector<float> x1(in.x.size());
      for (std::size_t i = 0; i < x1.size(); ++i) x1[i] = 0.5f * in.x[i];
      REQUIRE(sampler.feed(x1).ok());
      if (first && sampler.ready_frames() > 0) first = false;
    }
    const auto motion = sampler.motion();
    REQUIRE(motion.size() == 500 * kDims);
    for (std::size_t i = 0; i < motion.size(); ++i) {
      if (known.mask[i] != 0.f) CHECK_UNARY(std::abs(motion[i] - known.values[i]) < 1e-5f);
    }
    CHECK(motion[99 * kDims + 33] != known.values[100 * kDims + 33]);
  }
}

TEST_CASE("sampler: a masked model may be left to answer for itself where motion is known") {
  ModelInfo model = test::small_model();
  const Condition c = numbered(model, 100);
  KnownMotion known;
  known.values.assign(100 * kDims, 5.f);
  known.mask.assign(100 * kDims, 0.f);
  std::fill_n(known.mask.begin() + 50 * kDims, kDims, 1.f);
  for (const bool masked : {true, false}) {
    model.masked = masked;
    Sampler sampler(model, c, 1, {.known = &known, .known_exactly = false});
    while (!sampler.done()) {
      if (masked) CHECK(sampler.next().x[50 * kDims + 9] == 5.f);  // shown at every step
      REQUIRE(sampler.feed(std::vector<float>(sampler.next().x.size(), 4.f)).ok());
    }
    CHECK(sampler.motion()[50 * kDims + 9] == (masked ? 4.f : 5.f));  // others have no way to answer
    CHECK(sampler.motion()[49 * kDims + 9] == 4.f);
  }
}

TEST_CASE("sampler: with nothing known a masked model is given a mask of zeros") {
  ModelInfo model = test::small_model();
  const Condition c = numbered(model, 300);
  const std::vector<float> plain = run(model, c, 8, 0.05f);
  model.masked = true;
  CHECK(run(model, c, 8, 0.05f) == plain);
  const KnownMotion nothing;
  Sampler sampler(model, c, 1, {.known = &nothing});
  for (float m : sampler.next().mask) CHECK_UNARY(m == 0.f);
}

TEST_CASE("sampler: chunks begin at breaks, and copies of a sampler can go on in other ways") {
  ModelInfo model = test::small_model();
  model.times = {0.f};                        // the fake network lets noise through at t = 0
  const Condition c = numbered(model, 1500);  // windows start every 90 frames
  const auto finish = [&](Sampler s) {
    do {
      REQUIRE(s.feed(fake_network(s.next(), model, 0)).ok());
    } while (!s.at_break());
    return s;
  };
  Sampler sampler(model, c, 5, {.breaks = {-5, 460, 3, 4000}});  // window 5 starts at 450
  CHECK_FALSE(sampler.at_break());
  sampler = finish(sampler);
  CHECK_FALSE(sampler.done());
  CHECK(sampler.ready_frames() == 450);
  Sampler other = sampler;
  Condition another = c;
  std::fill(another.phrases.begin(), another.phrases.end(), 9);
  other.redirect(another, 6);
  CHECK(other.next().phrase[0] == 9);
  CHECK(sampler.next().phrase[0] == 3);
  const std::vector<float> before(sampler.motion().begin(), sampler.motion().end());
  sampler = finish(sampler), other = finish(other);
  REQUIRE(sampler.done());
  REQUIRE(other.done());
  CHECK(sampler.ready_frames() == 1500);
  CHECK(std::equal(before.begin(), before.end(), other.motion().begin()));
  CHECK_FALSE(std::equal(sampler.motion().begin(), sampler.motion().end(), other.motion().begin()));
  // The other seed's motion is that of a sampler that had it from the start, once the join is over.
  Sampler whole(model, c, 6, {.breaks = {460}});
  while (!whole.done()) REQUIRE(whole.feed(fake_network(whole.next(), model, 0)).ok());
  CHECK(std::equal(other.motion().begin() + 480 * kDims, other.motion().end(),
                   whole.motion().begin() + 480 * kDims));
}
