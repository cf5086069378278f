#include "picture/camera.h"

#include <cmath>

namespace terpsi::picture {
namespace {

Camera camera_at(float distance, int width, int height) {
  const Vec3 target(0, 0.88f, -0.3f);
  const float tilt = 0.085f, half = 0.235f;  // radians; tangent of half the vertical field of view
  Camera camera;
  camera.eye = target + Vec3(0, std::sin(tilt), std::cos(tilt)) * distance;
  camera.forward = (target - camera.eye).normalized();
  camera.up = Vec3(0, -camera.forward.z(), camera.forward.y());
  camera.scale = static_cast<float>(height) / 2 / half;
  camera.cx = static_cast<float>(width) / 2;
  camera.cy = static_cast<float>(height) / 2;
  return camera;
}

}  // namespace

Camera mirrored(Camera camera) {
  for (Vec3* v : {&camera.eye, &camera.forward, &camera.up}) v->y() = -v->y();
  return camera;
}

Disc project(const Camera& camera, const Vec3& centre, float radius) {
  const Vec3 d = centre - camera.eye;
  const float depth = d.dot(camera.forward);
  if (depth < radius + 0.1f) return {};
  const float x = d.x() / depth, y = d.dot(camera.up) / depth;
  return {camera.cx + camera.scale * x, camera.cy - camera.scale * y,
          camera.scale * radius / (depth - radius) * (1 + 0.6f * std::hypot(x, y))};
}

Camera camera_for(const std::vector<Figure>& figures, int width, int height) {
  const float margin = 0.045f * static_cast<float>(height);
  float distance = 4.4f;
  for (int tries = 0; tries < 40; ++tries, distance *= 1.03f) {
    const Camera camera = camera_at(distance, width, height);
    bool whole = true;
    for (const Figure& figure : figures)
      for (const motion::Capsule& cone : figure.body)
        for (const auto& end : {cone.a, cone.b}) {
          const Disc disc = project(camera, end.head<3>(), end.w());
          whole = whole && disc.radius > 0 && disc.x - disc.radius > margin &&
                  disc.x + disc.radius < static_cast<float>(width) - margin &&
                  disc.y - disc.radius > margin && disc.y + disc.radius < static_cast<float>(height) - margin;
        }
    if (whole) return camera;
  }
  return camera_at(distance, width, height);
}

}  // namespace terpsi::picture
