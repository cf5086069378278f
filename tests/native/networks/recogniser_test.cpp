#include "native/networks/recogniser.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "native/networks/tiny_recogniser.h"
#include "native/temp_folder.h"
#include "source_path.h"

using namespace terpsi;
using native::Recogniser;
using test::clip_of;
using test::HighOrLow;
using test::kHop;
using test::kWindow;

namespace {

Result<Recogniser> load_recogniser(const std::string& folder) {
  return native::load_recogniser(native::open_models(folder));
}

}  // namespace

TEST_CASE("recogniser: bytes that are not a network, or another network, are refused with a reason") {
  const auto refused = [](std::vector<std::uint8_t> bytes, const std::string& about) {
    const auto loaded = Recogniser::load(bytes, test::tiny_recogniser());
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::bad_format);
    CHECK_MESSAGE(loaded.error().message.find(about) != std::string::npos, loaded.error().message);
  };
  refused({}, "cannot be loaded");
  refused({9, 8, 7}, "cannot be loaded");
  refused(test::TinyNetwork().onnx(), "4 inputs, not 1");
  refused(HighOrLow{.input = "x"}.onnx(), "no input named motion");
  refused(HighOrLow{.output = "y"}.onnx(), "no output named probability");
  refused(HighOrLow{.window = 9}.onnx(), "motion has the shape [B, 9, 144], not [B, 8, 144]");
  refused(HighOrLow{.channels = 72}.onnx(), "motion has the shape [B, 8, 72], not [B, 8, 144]");
  refused(HighOrLow{.styles = 3}.onnx(), "probability has the shape [B, 3], not [B, 2]");
}

TEST_CASE("recogniser: motion that cannot be judged is refused") {
  auto recogniser = Recogniser::load(HighOrLow().onnx(), test::tiny_recogniser());
  REQUIRE_MESSAGE(recogniser, recogniser.error().message);
  CHECK(recogniser->recognise(clip_of(0, 0)).error().code == ErrorCode::empty);
  CHECK(recogniser->recognise(clip_of(kWindow - 1, 0)).error().code == ErrorCode::empty);
  auto clip = clip_of(20, 0);
  clip.fps = 60;
  CHECK(recogniser->recognise(clip).error().code == ErrorCode::invalid_argument);
  clip = clip_of(20, 0);
  clip.frames[19].root.x() = std::nanf("");
  CHECK(recogniser->recognise(clip).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("recogniser: windows and the whole dance") {
  auto recogniser = Recogniser::load(HighOrLow().onnx(), test::tiny_recogniser());
  REQUIRE(recogniser);
  const auto shortest = recogniser->recognise(clip_of(kWindow, 0));
  REQUIRE(shortest);
  CHECK(shortest->windows == std::vector<int>{0});
  CHECK(shortest->probabilities[0] == doctest::Approx(1 / (1 + std::exp(14 - 18.0))));
  const auto both = recogniser->recognise(clip_of(17, 8));
  REQUIRE(both);
  CHECK(both->starts == std::vector<std::size_t>{0, 4, 8, 12, 16, 17});
  CHECK(both->windows == std::vector<int>{0, 0, 0, 0, 1, 1});
  CHECK(both->share(0) == doctest::Approx(4 / 6.0));
  CHECK(both->share(1) == doctest::Approx(2 / 6.0));
  CHECK(both->style == 0);
  const auto low = recogniser->recognise(clip_of(8, 32));
  CHECK(low->style == 1);
  native::Recognition together;
  CHECK(together.share(0) == 0);
  together.add(*shortest);
  CHECK(together.style == 0);
  together.add(*low);
  CHECK(together.windows.size() == 1 + low->windows.size());
  CHECK(together.style == 1);
  CHECK(together.share(0) == doctest::Approx((1 + low->share(0) * static_cast<double>(low->windows.size())) /
                                             (1 + static_cast<double>(low->windows.size()))));
}

TEST_CASE("recogniser: more windows than one evaluation takes give what single ones give") {
  auto recogniser = Recogniser::load(HighOrLow().onnx(), test::tiny_recogniser());
  REQUIRE(recogniser);
  const auto clip = clip_of(300, 99);
  const auto all = recogniser->recognise(clip);
  REQUIRE(all);
  REQUIRE(all->windows.size() == 99);
  for (const std::size_t k : {0u, 31u, 32u, 63u, 64u, 98u}) {
    motion::Clip part;
    const auto first = clip.frames.begin() + static_cast<std::ptrdiff_t>(all->starts[k]);
    part.frames.assign(first, first + kWindow);
    const auto one = recogniser->recognise(part);
    REQUIRE(one);
    CHECK(one->probabilities[0] == doctest::Approx(all->probabilities[2 * k]));
  }
}

TEST_CASE("recogniser: comes from the models folder, whose file must be the one described") {
  const test::TempFolder folder;
  CHECK(load_recogniser(folder.path()).error().code == ErrorCode::not_found);
  folder.write("manifest.json", "{\"models\":[]}");
  CHECK(load_recogniser(folder.path()).error().code == ErrorCode::not_found);
  const auto weights = HighOrLow().onnx();
  const std::string content(weights.begin(), weights.end());
  nlohmann::json entry = {{"name", "tiny"},
                          {"file", "tiny.onnx"},
                          {"sha256", sha256_hex(bytes_of(content))},
                          {"bytes", content.size()},
                          {"skeleton_version", 1},
                          {"input_version", 1},
                          {"window", kWindow},
                          {"hop", kHop},
                          {"channels", 144},
                          {"styles", {"high", "low"}},
                          {"licence", "MIT"},
                          {"card", ""}};
  const auto write = [&] { folder.write("manifest.json", nlohmann::json{{"recognisers", {entry}}}.dump()); };
  write();
  CHECK(load_recogniser(folder.path()).error().code == ErrorCode::not_found);  // no file yet
  folder.write("tiny.onnx", content);
  auto loaded = load_recogniser(folder.path());
  REQUIRE_MESSAGE(loaded, loaded.error().message);
  CHECK(loaded->info().find("low") == 1);
  CHECK(loaded->recognise(clip_of(0, 20))->style == 1);
  folder.write("tiny.onnx", content + "x");
  CHECK(load_recogniser(folder.path()).error().code == ErrorCode::bad_format);
  entry["file"] = "../tiny.onnx";
  write();
  CHECK(load_recogniser(folder.path()).error().code == ErrorCode::bad_format);
}

TEST_CASE("recogniser: the shipped one loads, says how good it is, and gives probabilities") {
  auto shipped = load_recogniser(terpsi::project::source_path("models"));
  REQUIRE_MESSAGE(shipped, shipped.error().message);
  CHECK(shipped->info().styles.size() == shipped->info().held_out.size());
  CHECK(shipped->info().held_out_mean > 0.5);
  const auto found = shipped->recognise(clip_of(200, 0));
  REQUIRE(found);
  const std::size_t styles = shipped->info().styles.size();
  REQUIRE(found->probabilities.size() == found->windows.size() * styles);
  for (std::size_t i = 0; i < found->windows.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < styles; ++k) sum += static_cast<double>(found->probabilities[i * styles + k]);
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
  }
}
