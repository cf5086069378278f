#include "picture/body_caster.h"

#include <algorithm>
#include <cmath>

namespace terpsi::picture {
namespace {

constexpr int kTile = 16;  // pixels

}  // namespace

BodyCaster::BodyCaster(const std::vector<Figure>& figures, const Camera& camera, int width, int height)
    : camera_(camera), across_((width + kTile - 1) / kTile), down_((height + kTile - 1) / kTile) {
  tiles_.resize(static_cast<std::size_t>(across_) * static_cast<std::size_t>(down_));
  for (const Figure& figure : figures) {
    for (const motion::Capsule& cone : figure.body) {
      enter(project(camera, cone.a.head<3>(), cone.a.w()), project(camera, cone.b.head<3>(), cone.b.w()),
            static_cast<int>(cones_.size()));
      cones_.emplace_back(cone, camera.eye);
    }
  }
}

const std::vector<int>& BodyCaster::near(int x, int y) const {
  return tiles_[static_cast<std::size_t>(y / kTile) * static_cast<std::size_t>(across_) +
                static_cast<std::size_t>(x / kTile)];
}

Hit BodyCaster::cast(const Vec3& ray, const std::vector<int>& candidates) const {
  Hit hit;
  for (const int i : candidates) {
    const float t = cones_[static_cast<std::size_t>(i)].hit(ray);
    if (t < hit.t) hit = {i, t};
  }
  return hit;
}

// Into the tiles that the hull of both discs comes near.
void BodyCaster::enter(const Disc& a, const Disc& b, int cone) {
  if (a.radius <= 0 || b.radius <= 0) return;
  const float r = std::max(a.radius, b.radius) + 0.75f * kTile + 1;
  const auto tile = [](float pixel, int count) {
    return std::clamp(static_cast<int>(std::floor(pixel / kTile)), 0, count - 1);
  };
  const float ux = b.x - a.x, uy = b.y - a.y, uu = std::max(ux * ux + uy * uy, 1e-6f);
  for (int ty = tile(std::min(a.y, b.y) - r, down_); ty <= tile(std::max(a.y, b.y) + r, down_); ++ty) {
    for (int tx = tile(std::min(a.x, b.x) - r, across_); tx <= tile(std::max(a.x, b.x) + r, across_); ++tx) {
      const float wx = (static_cast<float>(tx) + 0.5f) * kTile - a.x,
                  wy = (static_cast<float>(ty) + 0.5f) * kTile - a.y;
      const float h = std::clamp((wx * ux + wy * uy) / uu, 0.f, 1.f);
      if (std::hypot(wx - h * ux, wy - h * uy) > r) continue;
      tiles_[static_cast<std::size_t>(ty) * static_cast<std::size_t>(across_) + static_cast<std::size_t>(tx)]
          .push_back(cone);
    }
  }
}

}  // namespace terpsi::picture
