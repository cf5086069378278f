#include "generate/constrain/constraints.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "motion/skeleton.h"
#include "native/cli/run.h"
#include "native/io/dance_files.h"
#include "native/temp_folder.h"

using namespace terpsi;

TEST_CASE("constraints: from one dance to the next") {
  const test::TempFolder folder;
  const std::string first = folder / "first.json", second = folder / "second.json";
  const std::string dance = "dance demo --style house --to 8 -q ";
  auto ran = test::run_terpsi(dance + "--seed 1 -o '" + first + "'");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const auto dance_with = [&](const std::string& body) {
    const std::string path = folder.write("c.json", "{\"terpsi_constraints\": 1, " + body + "}");
    return test::run_terpsi(dance + "--seed 2 -o '" + second + "' --constraints '" + path + "'");
  };
  ran = dance_with(
      "\"keyframes\": [{\"time\": 6, \"pose_from\": {\"dance\": \"first.json\", \"time\": 3}}], "
      "\"keep\": [{\"from\": 1, \"to\": 2, \"part\": \"upper\", \"dance\": \"first.json\"}]");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const auto a = native::load_dance(first), b = native::load_dance(second);
  REQUIRE(a);
  REQUIRE(b);
  REQUIRE(b->clip.size() == a->clip.size());
  float worst = 0, elsewhere = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    const auto apart = [&](std::size_t f, std::size_t g) {
      return a->clip.frames[f].rotations[j].angularDistance(b->clip.frames[g].rotations[j]);
    };
    worst = std::max(worst, apart(90, 180));
    elsewhere = std::max(elsewhere, apart(120, 120));
    if ((generate::find_body_part("upper")->joints >> j & 1u) != 0)
      worst = std::max({worst, apart(30, 30), apart(59, 59)});
  }
  CHECK(worst < 0.0017f);  // 0.1 degrees
  CHECK(elsewhere > 0.05f);

  CHECK(dance_with("\"path\": [{\"time\": 9, \"x\": 0, \"z\": 0}]").exit_code == 2);  // after the song
  CHECK(dance_with("\"path\": 1").exit_code == 3);
  ran = dance_with("\"keep\": [{\"dance\": \"none.bvh\"}]");
  CHECK(ran.exit_code == 3);
  CHECK_MESSAGE(ran.output.find("keep[0].dance") != std::string::npos, ran.output);
}
