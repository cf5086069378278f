#include "picture/stage_light.h"

#include <doctest/doctest.h>

#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::picture;

TEST_CASE("stage light: an empty stage has no shadows, far away there are none, below a body there are") {
  CHECK(Shadows({}).at(0, 0).lamp == 1);
  const Figure figure{motion::make_body(motion::world_pose(motion::Frame())), 1};
  const Shadows shadows({figure});
  CHECK(shadows.at(1e6f, -1e6f).sky == 1);
  CHECK(shadows.at(0, 0).sky < 0.9f);
  CHECK(shadows.at(0.46f, -0.51f).lamp < 0.5f);  // of the trunk
  CHECK(shadows.at(3.5f, 0).lamp == 1);
}

TEST_CASE("stage light: the floor reflects a figure below its feet, brighter where more light reaches it") {
  Figure figure{motion::make_body(motion::world_pose(motion::Frame())), 1};
  const Camera camera = camera_for({figure}, 400, 300);
  const auto total = [&](const std::vector<Figure>& figures) {
    const Reflection reflection(figures, camera, 400, 300);
    Vec3 sum = Vec3::Zero();
    for (int y = 0; y < 300; y += 2)
      for (int x = 0; x < 400; x += 2) sum += reflection.at(static_cast<float>(x), static_cast<float>(y));
    return sum.sum();
  };
  CHECK(total({}) == 0);
  const float bright = total({figure});
  CHECK(bright > 0);
  figure.light = 0.5f;
  CHECK(total({figure}) == doctest::Approx(0.5f * bright).epsilon(1e-3));
}
