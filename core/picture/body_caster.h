#pragma once
// Casts rays from one camera at the cones of all figures, with the cones sorted into tiles of the picture.

#include <limits>
#include <vector>

#include "picture/camera.h"
#include "picture/cones.h"

namespace terpsi::picture {

struct Hit {
  int cone = -1;                                     // figure * kCapsules + capsule, or -1
  float t = std::numeric_limits<float>::infinity();  // along the ray

  std::size_t figure() const { return static_cast<std::size_t>(cone) / motion::kCapsules; }
  std::size_t capsule() const { return static_cast<std::size_t>(cone) % motion::kCapsules; }
};

class BodyCaster {
 public:
  BodyCaster(const std::vector<Figure>& figures, const Camera& camera, int width, int height);

  // Cones that the pixel may show; 0 <= x < width, 0 <= y < height.
  const std::vector<int>& near(int x, int y) const;

  // The first of the candidates that a ray from the camera's eye enters.
  Hit cast(const Vec3& ray, const std::vector<int>& candidates) const;

  const Camera& camera() const { return camera_; }
  const CastCone& cone(int i) const { return cones_[static_cast<std::size_t>(i)]; }

 private:
  void enter(const Disc& a, const Disc& b, int cone);

  Camera camera_;
  int across_, down_;  // tiles
  std::vector<CastCone> cones_;
  std::vector<std::vector<int>> tiles_;
};

}  // namespace terpsi::picture
