#include "picture/camera.h"

#include <doctest/doctest.h>

#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::picture;

namespace {
Figure standing_at(float x) {
  motion::Frame frame;
  frame.root.x() += x;
  return {motion::make_body(motion::world_pose(frame)), 1};
}
}  // namespace

TEST_CASE("camera: what is behind the eye has no disc, what is before it lies where its ray points") {
  const Camera camera = camera_for({standing_at(0)}, 400, 300);
  CHECK(project(camera, camera.eye - camera.forward, 0.1f).radius == 0);
  const Disc disc = project(camera, camera.eye + 3 * camera.ray(120, 80), 0.1f);
  CHECK(disc.x == doctest::Approx(120).epsilon(1e-3));
  CHECK(disc.y == doctest::Approx(80).epsilon(1e-3));
  CHECK(disc.radius > 0.1f * camera.scale / 3);
}

TEST_CASE(
    "camera: the farther apart the figures, the farther away it stands; mirrored twice it is the same") {
  const Camera near = camera_for({standing_at(0)}, 400, 300),
               far = camera_for({standing_at(-2), standing_at(2)}, 400, 300);
  CHECK(far.eye.z() > near.eye.z() + 0.5f);
  CHECK(mirrored(near).eye.y() == -near.eye.y());
  CHECK(mirrored(mirrored(near)).forward == near.forward);
}
