#include "native/networks/generator.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "base/hash.h"
#include "native/networks/models.h"
#include "native/networks/tiny_onnx.h"
#include "source_path.h"

using namespace terpsi;
using native::Generator;

namespace {

manifest::ModelInfo tiny_model() {
  manifest::ModelInfo model;
  model.name = "tiny";
  model.window = 8;
  model.condition_columns = 12;
  return model;
}

struct Tensors {
  std::vector<float> x, t, cond;
  std::vector<std::int32_t> phrase;

  explicit Tensors(std::size_t batch)
      : x(batch * 8 * 151), t(batch, 0.5f), cond(batch * 8 * 12), phrase(batch * 8) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 97) - 48;
  }
  generate::StepInput input(int batch) const { return {batch, x, t, cond, phrase, {}}; }
};

}  // namespace

TEST_CASE("generator: bytes that are not a network, or another network, are refused with a reason") {
  const auto refused = [](std::vector<std::uint8_t> bytes, const std::string& about) {
    const auto generator = Generator::load(bytes, tiny_model());
    REQUIRE_FALSE(generator);
    CHECK(generator.error().code == ErrorCode::bad_format);
    CHECK_MESSAGE(generator.error().message.find(about) != std::string::npos, generator.error().message);
  };
  refused({}, "cannot be loaded");
  refused({1, 2, 3, 4}, "cannot be loaded");
  auto cut = test::TinyNetwork().onnx();
  cut.resize(cut.size() / 2);
  refused(cut, "cannot be loaded");
  refused(test::TinyNetwork{.window = 9}.onnx(), "[B, 9, 151], not [B, 8, 151]");
  refused(test::TinyNetwork{.columns = 13}.onnx(), "cond");
  refused(test::TinyNetwork{.dims = 150}.onnx(), "x has the shape");
  refused(test::TinyNetwork{.phrase_type = 7}.onnx(), "phrase has another element type");
  refused(test::TinyNetwork{.output = "y"}.onnx(), "no output named x1");
  refused(test::TinyNetwork{.masked = true}.onnx(), "5 inputs, not 4");
}

TEST_CASE("generator: impossible options are refused") {
  const auto bytes = test::TinyNetwork().onnx();
  CHECK(Generator::load(bytes, tiny_model(), {.threads = 0}).error().code == ErrorCode::invalid_argument);
  CHECK(Generator::load(bytes, tiny_model(), {.max_batch = 0}).error().code == ErrorCode::invalid_argument);
  CHECK(Generator::load(bytes, {}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("generator: runs every batch up to the largest, and refuses wrong sizes") {
  auto generator = Generator::load(test::TinyNetwork().onnx(), tiny_model(), {.threads = 1, .max_batch = 3});
  REQUIRE_MESSAGE(generator, generator.error().message);
  CHECK(generator->max_batch() == 3);
  CHECK(generator->description().find("CPU, 1 thread, ONNX Runtime") == 0);
  for (int batch = 1; batch <= 3; ++batch) {
    const Tensors tensors(static_cast<std::size_t>(batch));
    const auto x1 = generator->run(tensors.input(batch));
    REQUIRE(x1);
    REQUIRE(x1->size() == tensors.x.size());
    bool same = true;
    for (std::size_t i = 0; i < x1->size(); ++i) same = same && (*x1)[i] == tensors.x[i] * 0.5f;
    CHECK(same);
  }
  const Tensors four(4), two(2);
  CHECK(generator->run(four.input(4)).error().code == ErrorCode::invalid_argument);
  CHECK(generator->run(two.input(1)).error().code == ErrorCode::invalid_argument);
  CHECK(generator->run(two.input(0)).error().code == ErrorCode::invalid_argument);
  CHECK(generator->run(two.input(-1)).error().code == ErrorCode::invalid_argument);
  auto short_phrase = two.input(2);
  short_phrase.phrase = short_phrase.phrase.first(15);
  CHECK(generator->run(short_phrase).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("generator: a masked network takes its mask, and others take none") {
  auto model = tiny_model();
  model.masked = true;
  const auto plain = Generator::load(test::TinyNetwork().onnx(), model);
  REQUIRE_FALSE(plain);
  CHECK(plain.error().message.find("4 inputs, not 5") != std::string::npos);
  auto generator =
      Generator::load(test::TinyNetwork{.masked = true}.onnx(), model, {.threads = 1, .max_batch = 2});
  REQUIRE_MESSAGE(generator, generator.error().message);
  const Tensors tensors(2);
  std::vector<float> mask(tensors.x.size());
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = i % 3 == 0 ? 1.f : 0.f;
  auto input = tensors.input(2);
  CHECK(generator->run(input).error().code == ErrorCode::invalid_argument);
  input.mask = mask;
  const auto x1 = generator->run(input);
  REQUIRE_MESSAGE(x1, x1.error().message);
  bool same = true;
  for (std::size_t i = 0; i < x1->size(); ++i) same = same && (*x1)[i] == tensors.x[i] * mask[i];
  CHECK(same);
  auto unmasked = Generator::load(test::TinyNetwork().onnx(), tiny_model());
  REQUIRE(unmasked);
  CHECK(unmasked->run(input).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("generator: a stopped generator runs nothing until it is resumed") {
  auto generator = Generator::load(test::TinyNetwork().onnx(), tiny_model(), {.threads = 1, .max_batch = 2});
  REQUIRE(generator);
  const Tensors tensors(2);
  REQUIRE(generator->run(tensors.input(2)));
  generator->stop();
  CHECK(generator->run(tensors.input(2)).error().code == ErrorCode::cancelled);
  CHECK(generator->run(tensors.input(2)).error().code == ErrorCode::cancelled);
  generator->resume();
  CHECK(generator->run(tensors.input(2)));
}

TEST_CASE("generator: stop ends a run in progress well within half a second") {
  const auto loaded =
      native::load_model(native::open_models(terpsi::project::source_path("models")), "teacher");
  REQUIRE_MESSAGE(loaded, loaded.error().message);
  constexpr int kBatch = 32;
  auto generator = Generator::load(loaded->weights, loaded->info, {.threads = 1, .max_batch = kBatch});
  REQUIRE_MESSAGE(generator, generator.error().message);
  const auto frames = static_cast<std::size_t>(kBatch * loaded->info.window);
  const std::vector<float> x(frames * 151, 0.1f), t(kBatch, 0.5f),
      cond(frames * static_cast<std::size_t>(loaded->info.condition_columns)),
      mask(loaded->info.masked ? x.size() : 0);
  const std::vector<std::int32_t> phrase(frames);
  const generate::StepInput input{kBatch, x, t, cond, phrase, mask};
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point a, Clock::time_point b) {
    return std::chrono::duration<double>(b - a).count();
  };
  const auto begun = Clock::now();
  REQUIRE(generator->run(input));
  const double whole = seconds(begun, Clock::now());
  Clock::time_point asked;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::duration<double>(whole * 0.2));
    asked = Clock::now();
    generator->stop();
  });
  const auto x1 = generator->run(input);
  const auto ended = Clock::now();
  stopper.join();
  REQUIRE_FALSE(x1);
  CHECK(x1.error().code == ErrorCode::cancelled);
  CHECK(seconds(asked, ended) < 0.5);
  generator->resume();
  CHECK(generator->run(input));
}
