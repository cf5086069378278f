#pragma once
// The poster's camera. It looks along -z, tilted up or down only, so that a row of pixels meets the floor in
// a line along x.

#include <vector>

#include "picture/cones.h"

namespace terpsi::picture {

struct Camera {
  Vec3 eye, forward, up;  // metres; unit directions
  float scale = 0;        // pixels per unit of tangent
  float cx = 0, cy = 0;   // pixel of the axis

  // Through pixel (x, y), y down; not unit, 1 long along `forward`.
  Vec3 ray(float x, float y) const {
    return forward + Vec3((x - cx) / scale, 0, 0) + up * ((cy - y) / scale);
  }
};

// The same camera seen in the floor y = 0.
Camera mirrored(Camera camera);

// A sphere on the picture: its centre and, rounded up, its radius, pixels. Radius 0 when behind the eye.
struct Disc {
  float x = 0, y = 0, radius = 0;
};
Disc project(const Camera& camera, const Vec3& centre, float radius);

// Far enough away to see every figure whole in width x height pixels.
Camera camera_for(const std::vector<Figure>& figures, int width, int height);

}  // namespace terpsi::picture
