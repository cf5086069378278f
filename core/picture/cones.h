#pragma once
// Rounded cones under rays and lamps: what shaders/body.vert.glsl and shaders/capsules.glsl do on a GPU.

#include <Eigen/Core>

#include "motion/body.h"

namespace terpsi::picture {

using motion::Vec3;

// A body on the stage and the share of the light that reaches it, 0 to 1.
struct Figure {
  motion::Body body;
  float light;
};

// A cone seen from one place. Space is stretched along its thin direction until the cone is round.
class CastCone {
 public:
  CastCone(const motion::Capsule& cone, const Vec3& eye);

  // Where eye + t * ray enters the cone, or infinity. The ray need not be unit.
  float hit(const Vec3& ray) const;

  // Unit, outwards, at a point of the surface.
  Vec3 normal(const Vec3& point) const;

 private:
  Vec3 stretched(const Vec3& v) const { return v + across_ * (stretch_ * across_.dot(v)); }

  Vec3 across_;    // thin direction, unit
  float stretch_;  // 1 / depth - 1
  Vec3 a_, u_;     // stretched: end a, way to end b
  Vec3 from_a_;    // stretched: eye from end a
  float ra_, rb_, slope_;
  float k_;                      // 1 / (u.u - slope^2)
  float along_, square_, base_;  // of from_a_, see hit()
  Vec3 from_b_;
  float square_b_;
};

// Share of the sky visible from p with normal n, past the cones of one body except those in the bit mask
// `skip`.
float sky_visibility(const motion::Body& body, const Vec3& p, const Vec3& n, int skip);

// Share of a round lamp in direction `light` (unit) visible from p; `softness`: tangent of its half angle.
float light_visibility(const motion::Body& body, const Vec3& p, const Vec3& light, float softness, int skip);

}  // namespace terpsi::picture
