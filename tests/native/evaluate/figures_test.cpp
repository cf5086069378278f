#include "native/evaluate/figures.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "motion/kinematics.h"
#include "native/evaluate/clips.h"

using namespace terpsi;
using namespace terpsi::native;

TEST_CASE("figures: every metric has a name of its own and a value, in the order of the table") {
  motion::Clip clip = motion::testing::dancing(300);
  for (std::size_t i = 200; i < clip.size(); ++i) clip.frames[i].root.x() += 0.02f * static_cast<float>(i);
  const auto joints = motion::joint_positions(clip);
  const std::vector<audio::Section> sections = {{0, 5, 0}, {5, 10, 0}};
  const std::vector<double> beats = {1, 2, 3, 4, 5, 6, 7};
  const auto figures = figures_of(measure_motion(joints, clip.frames, &beats, sections));
  std::set<std::string> names;
  auto figure = figures.items().begin();
  for (const Metric& metric : metrics()) {
    CAPTURE(std::string(metric.name));
    CHECK(names.insert(metric.name).second);
    REQUIRE(figure != figures.items().end());
    CHECK(figure.key() == metric.name);
    CHECK(figure.value().is_number_integer() == metric.is_count);
    ++figure;
  }
  CHECK(figure == figures.items().end());
  CHECK(figures["music_beats"] == 7);
  CHECK(figures["magnitude"].get<double>() > 0.05);
}

TEST_CASE("figures: what cannot be had is absent, not zero") {
  motion::Clip statue;
  statue.frames.resize(40);  // too short for repetition
  const auto figures = figures_of(measure_motion(motion::joint_positions(statue), {}, nullptr));
  CHECK(figures["freeze"] == 1.0);
  for (const char* absent :
       {"bas", "music_beats", "joint_limits", "repetition", "repetition_5cm", "swing_height"})
    CHECK_FALSE(figures.contains(absent));
}

TEST_CASE("figures: repetition but for returning sections needs sections") {
  motion::Clip statue;
  statue.frames.resize(150);
  const auto joints = motion::joint_positions(statue);
  CHECK_FALSE(figures_of(measure_motion(joints, {}, nullptr)).contains("repetition_5cm_but_returns"));
  const std::vector<audio::Section> sections = {{0, 5, 0}};
  CHECK(figures_of(measure_motion(joints, {}, nullptr, sections))["repetition_5cm_but_returns"] == 1.0);
}

TEST_CASE("figures: metrics are described with their unit and which way is better") {
  CHECK(describe_metric("foot_skate") == " (lower is better)");
  CHECK(describe_metric("jerk") == " (m/s^3, lower is better)");
  CHECK(describe_metric("bas") == " (higher is better)");
  CHECK(describe_metric("magnitude") == " (m/s)");
  CHECK(describe_metric("contact").empty());
  CHECK(describe_metric("no metric").empty());
}
