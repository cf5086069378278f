#include "native/engine/render.h"

#include <doctest/doctest.h>

#include "core/generate/fixture.h"
#include "native/engine/tiny_onnx.h"

using namespace terpsi;

namespace {

Result<native::Engine> tiny_engine(const generate::ModelInfo& model) {
  const test::TinyNetwork network{.window = model.window, .columns = model.condition_columns, .factor = 0.1f};
  return native::Engine::load(network.onnx(), model, {.threads = 1});
}

}  // namespace

TEST_CASE("render: wrong options and no music are errors") {
  const auto model = test::small_model();
  auto engine = tiny_engine(model);
  REQUIRE(engine);
  native::RenderOptions options;
  options.dance.style = "no such style";
  CHECK(native::render(test::small_song(10), model, *engine, options).error().code == ErrorCode::not_found);
  options.dance.style = "auto";
  options.dance.energy = 7;
  CHECK(native::render(test::small_song(10), model, *engine, options).error().code ==
        ErrorCode::invalid_argument);
  CHECK(native::render({}, model, *engine, {}).error().code == ErrorCode::empty);
}

TEST_CASE("render: covers the song, reports real progress, and repeats exactly") {
  const auto model = test::small_model();
  auto engine = tiny_engine(model);
  REQUIRE(engine);
  const auto song = test::small_song(20);
  double last = 0;
  int ready = 0, calls = 0;
  const auto dance = native::render(song, model, *engine, {}, [&](const native::RenderState& state) {
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
  const auto again = native::render(song, model, *engine, {});
  REQUIRE(again);
  bool same = true;
  for (std::size_t i = 0; i < dance->clip.size(); ++i)
    same = same && dance->clip.frames[i].root == again->clip.frames[i].root;
  CHECK(same);
}

TEST_CASE("render: stops when asked to") {
  const auto model = test::small_model();
  auto engine = tiny_engine(model);
  REQUIRE(engine);
  int calls = 0;
  const auto dance = native::render(test::small_song(20), model, *engine, {},
                                    [&](const native::RenderState&) { return ++calls < 2; });
  CHECK(dance.error().code == ErrorCode::cancelled);
  CHECK(calls == 2);
}
