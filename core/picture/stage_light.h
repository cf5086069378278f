#pragma once
// Light on the poster's stage: bodies, floor, shadows, reflections and wall, as the page's shaders compute
// them. Linear RGB.

#include <vector>

#include "picture/body_caster.h"

namespace terpsi::picture {

// Light that a hit point of a figure sends towards the camera along `ray`, shadowed by the figure's own body.
Vec3 body_light(const std::vector<Figure>& figures, const BodyCaster& caster, const Hit& hit,
                const Vec3& ray);

// Shares of the key light and of the sky that reach the floor past all figures, on a grid of places.
class Shadows {
 public:
  struct Share {
    float lamp, sky;
  };

  explicit Shadows(const std::vector<Figure>& figures);

  Share at(float x, float z) const;  // metres; bilinear, 1 outside the grid

 private:
  std::vector<Share> cells_;
};

// What the floor reflects of the figures, rendered at half the size of the picture and softened.
class Reflection {
 public:
  Reflection(const std::vector<Figure>& figures, const Camera& camera, int width, int height);

  Vec3 at(float x, float y) const;  // pixels of the picture; bilinear

 private:
  void soften();

  int width_, height_;
  std::vector<Vec3> light_;
};

// Of the floor at (x, z) where a pixel covers wide x deep metres (shaders/floor.frag.glsl); `grazing`: 0 seen
// from above to 1 from the side.
Vec3 floor_light(float x, float z, float wide, float deep, float grazing, const Shadows::Share& share);

// Of the wall (shaders/backdrop.frag.glsl); x and y from -1 to 1 across the picture, y up.
Vec3 wall_light(float x, float y, float horizon, float aspect);

}  // namespace terpsi::picture
