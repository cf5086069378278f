#include "native/evaluate/style_figures.h"

#include <doctest/doctest.h>

#include "motion/kinematics.h"
#include "native/networks/tiny_recogniser.h"
#include "native/temp_folder.h"
#include "source_path.h"

using namespace terpsi;
using native::style_figures;
using test::clip_of;

namespace {

native::Stretch stretch_of(const motion::Clip& clip) {
  return {0, motion::joint_positions(clip), clip.frames};
}

}  // namespace

TEST_CASE("style figures: without a recogniser there are none, a damaged one is an error") {
  const test::TempFolder folder;
  const auto find = [](const std::string& path) {
    return native::find_recogniser(native::open_models(path));
  };
  const auto none = find(folder.path());
  REQUIRE(none);
  CHECK_FALSE(none->has_value());
  folder.write("manifest.json", "{\"models\":[]}");
  CHECK_FALSE(find(folder.path())->has_value());
  folder.write("manifest.json", "{\"recognisers\":[{\"name\":7}]}");
  CHECK_FALSE(find(folder.path()));
  const auto shipped = find(terpsi::project::source_path("models"));
  REQUIRE(shipped);
  CHECK(shipped->has_value());
}

TEST_CASE("style figures: all stretches count, short ones and unknown styles do not") {
  auto recogniser = native::Recogniser::load(test::HighOrLow().onnx(), test::tiny_recogniser());
  REQUIRE(recogniser);
  CHECK(style_figures(*recogniser, {}, "high")->empty());
  const std::vector<native::Stretch> tiny = {stretch_of(clip_of(7, 0))};
  CHECK(style_figures(*recogniser, tiny, "high")->empty());
  const std::vector<native::Stretch> stretches = {stretch_of(clip_of(0, 7)), stretch_of(clip_of(8, 0)),
                                                  stretch_of(clip_of(0, 16))};
  const auto high = style_figures(*recogniser, stretches, "high");
  REQUIRE(high);
  CHECK((*high)["style_recognised"] == "low");
  CHECK((*high)["style_accuracy"].get<double>() == doctest::Approx(0.25));
  CHECK((*style_figures(*recogniser, stretches, "low"))["style_accuracy"].get<double>() ==
        doctest::Approx(0.75));
  const auto unknown = style_figures(*recogniser, stretches, "waltz");
  CHECK((*unknown)["style_recognised"] == "low");
  CHECK_FALSE(unknown->contains("style_accuracy"));
}
