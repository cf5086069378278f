#include "picture/body_caster.h"

#include <doctest/doctest.h>

#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::picture;

TEST_CASE("body caster: no figures, no hits; tiles never hide a cone that a ray meets") {
  const Figure figure{motion::make_body(motion::world_pose(motion::Frame())), 1};
  const Camera camera = camera_for({figure}, 200, 150);
  CHECK(BodyCaster({}, camera, 200, 150).near(100, 75).empty());
  const BodyCaster caster({figure}, camera, 200, 150);
  std::vector<int> all(motion::kCapsules);
  for (int i = 0; i < motion::kCapsules; ++i) all[static_cast<std::size_t>(i)] = i;
  int hits = 0;
  for (int y = 0; y < 150; ++y)
    for (int x = 0; x < 200; ++x) {
      const Vec3 ray = camera.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
      const Hit hit = caster.cast(ray, caster.near(x, y));
      CHECK_UNARY(hit.cone == caster.cast(ray, all).cone);
      if (hit.cone < 0) continue;
      ++hits;
      CHECK_UNARY(hit.figure() == 0);
    }
  CHECK(hits > 1000);
}
