#include "native/pipeline/render.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/generate/fixture.h"
#include "native/networks/tiny_onnx.h"

using namespace terpsi;

namespace {

Result<native::Generator> tiny_generator(const manifest::ModelInfo& model) {
  const test::TinyNetwork network{.window = model.window, .columns = model.condition_columns, .factor = 0.1f};
  return native::Generator::load(network.onnx(), model, {.threads = 1});
}

}  // namespace

TEST_CASE("render: wrong options and no music are errors") {
  const auto model = test::small_model();
  auto generator = tiny_generator(model);
  REQUIRE(generator);
  native::RenderOptions options;
  options.dance.style = "no such style";
  CHECK(native::render(test::small_song(10), model, *generator, options).error().code ==
        ErrorCode::not_found);
  options.dance.style = "auto";
  options.dance.energy = 7;
  CHECK(native::render(test::small_song(10), model, *generator, options).error().code ==
        ErrorCode::invalid_argument);
  CHECK(native::render({}, model, *generator, {}).error().code == ErrorCode::empty);
}

TEST_CASE("render: covers the song, reports real progress, and repeats exactly") {
  const auto model = test::small_model();
  auto generator = tiny_generator(model);
  REQUIRE(generator);
  const auto song = test::small_song(20);
  double last = 0;
  int ready = 0, calls = 0;
  const auto dance = native::render(song, model, *generator, {}, [&](const native::RenderStep& state) {
    CHECK(state.progress > last);
    CHECK(state.ready_frames >= ready);
    last = state.progress;
    ready = state.ready_frames;
    ++calls;
    return true;
  });
  REQUIRE_MESSAGE(dance, dance.error().message);
  CHECK(dance->clip.size() == song.frames);
  CHECK(last == 1.0);
  CHECK(ready == static_cast<int>(song.frames));
  CHECK(calls > static_cast<int>(model.times.size()));  // more than one chunk: the first is ready early
  const auto again = native::render(song, model, *generator, {});
  REQUIRE(again);
  bool same = true;
  for (std::size_t i = 0; i < dance->clip.size(); ++i)
    same = same && dance->clip.frames[i].root == again->clip.frames[i].root;
  CHECK(same);
}

TEST_CASE("render: stops when asked to") {
  const auto model = test::small_model();
  auto generator = tiny_generator(model);
  REQUIRE(generator);
  int calls = 0;
  const auto dance = native::render(test::small_song(20), model, *generator, {},
                                    [&](const native::RenderStep&) { return ++calls < 2; });
  CHECK(dance.error().code == ErrorCode::cancelled);
  CHECK(calls == 2);
}

TEST_CASE("render: steps, guidance and candidates out of range are refused, and so are more steps of a GAN") {
  auto model = test::small_model();
  auto generator = tiny_generator(model);
  REQUIRE(generator);
  const auto song = test::small_song(10);
  const auto refused = [&](const native::RenderOptions& options) {
    CHECK(native::render(song, model, *generator, options).error().code == ErrorCode::invalid_argument);
  };
  refused({.steps = -1});
  refused({.steps = 65});
  refused({.guidance = -1.f});
  refused({.guidance = std::numeric_limits<float>::quiet_NaN()});
  refused({.candidates = 0});
  refused({.candidates = 65});
  native::RenderOptions troupe;
  troupe.troupe.dancers = 1000;
  refused(troupe);
  native::RenderOptions late;
  late.constraints.keyframes.emplace_back();
  late.constraints.keyframes[0].joints = generate::joint_bit(motion::kHead);
  late.constraints.keyframes[0].time = 11;
  refused(late);
  model.single_step = true;
  model.times = {0.f};
  refused({.steps = 2});
  CHECK(native::render(song, model, *generator, {.steps = 1}));
}

TEST_CASE("render: counts of evaluations are what the options ask for") {
  const auto model = test::small_model();
  auto generator = tiny_generator(model);
  REQUIRE(generator);
  const auto song = test::small_song(20);
  const auto evaluations = [&](const native::RenderOptions& options) {
    int calls = 0;
    const auto dance = native::render(song, model, *generator, options, [&](const native::RenderStep&) {
      ++calls;
      return true;
    });
    REQUIRE_MESSAGE(dance, dance.error().message);
    CHECK(dance->clip.size() == song.frames);
    CHECK(dance->choices.empty() == (options.candidates == 1));
    return calls;
  };
  CHECK(evaluations({}) == 2 * 3);  // two chunks, three times
  CHECK(evaluations({.steps = 5}) == 2 * 5);
  CHECK(evaluations({.guidance = 2.f}) == 2 * 3);
  const int one = evaluations({.candidates = 2}) / 2;
  CHECK(evaluations({.candidates = 5}) == 5 * one);
  // A generator for few windows at once gets them in more chunks.
  auto small = native::Generator::load(
      test::TinyNetwork{.window = model.window, .columns = model.condition_columns}.onnx(), model,
      {.threads = 1, .max_batch = 2});
  REQUIRE(small);
  CHECK(native::render(song, model, *small, {.guidance = 2.f}));
}

TEST_CASE("render: what a masked model is told comes out, and all dancers of a troupe have their clip") {
  auto model = test::small_model();
  model.masked = true;
  auto generator = native::Generator::load(
      test::TinyNetwork{.window = model.window, .columns = model.condition_columns, .masked = true}.onnx(),
      model, {.threads = 1});
  REQUIRE_MESSAGE(generator, generator.error().message);
  native::RenderOptions options;
  generate::Keyframe pose;
  pose.time = 5;
  pose.joints = generate::joint_bit(motion::kLElbow);
  pose.rotations[motion::kLElbow] = motion::Quat(Eigen::AngleAxisf(0.7f, motion::Vec3::UnitY()));
  options.constraints.keyframes.push_back(pose);
  options.troupe.dancers = 3;
  const auto dance = native::render(test::small_song(20), model, *generator, options);
  REQUIRE_MESSAGE(dance, dance.error().message);
  REQUIRE(dance->others.size() == 2);
  for (const auto& other : dance->others) CHECK(other.size() == dance->clip.size());
  const auto& made = dance->clip.frames[150].rotations[motion::kLElbow];
  CHECK(made.angularDistance(pose.rotations[motion::kLElbow]) < 0.0017f);  // 0.1 degree
}
