#include "motion/resample.h"

#include <doctest/doctest.h>

#include <cmath>

#include "motion/kinematics.h"

using namespace terpsi::motion;

namespace {
SourceMotion swaying(double fps, std::size_t frames) {
  SourceMotion source;
  source.fps = fps;
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / fps;
    JointPositions p = rest_positions();
    for (Vec3& q : p) q.x() += static_cast<float>(0.2 * std::sin(2 * 3.14159265358979 * t));
    source.joints.push_back(p);
  }
  return source;
}
}  // namespace

TEST_CASE("two frames are the least") {
  CHECK(resample(swaying(60, 2), 30).joints.size() == 1);
  CHECK(resample(swaying(15, 2), 30).joints.size() == 3);
}

TEST_CASE("every rate gives the same motion at 30 fps") {
  for (const double fps : {20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 120.0}) {
    const auto frames = static_cast<std::size_t>(2 * fps) + 1;
    const SourceMotion out = resample(swaying(fps, frames), 30);
    CAPTURE(fps);
    REQUIRE(out.joints.size() == 61);
    for (std::size_t i = 0; i < 61; ++i) {
      const double expected = 0.2 * std::sin(2 * 3.14159265358979 * static_cast<double>(i) / 30);
      CHECK(static_cast<double>(out.joints[i][0].x()) == doctest::Approx(expected).epsilon(0.01).scale(1));
    }
  }
}

TEST_CASE("a frame made of a bad frame is bad") {
  SourceMotion source = swaying(60, 61);
  source.bad.assign(61, 0);
  source.bad[20] = 1;
  const SourceMotion out = resample(source, 30);
  CHECK(out.bad[10] == 1);
  CHECK(out.bad[9] == 0);
  CHECK(out.bad[12] == 0);
}
