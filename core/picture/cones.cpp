#include "picture/cones.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "base/curves.h"

namespace terpsi::picture {
namespace {

constexpr float kMiss = std::numeric_limits<float>::infinity();

}  // namespace

CastCone::CastCone(const motion::Capsule& cone, const Vec3& eye) {
  const Vec3 a = cone.a.head<3>(), b = cone.b.head<3>();
  const Vec3 axis = (b - a) / std::max((b - a).norm(), 1e-4f);
  Vec3 wide = cone.wide.head<3>();
  if (std::abs(wide.dot(axis)) > 0.9f) wide = std::abs(axis.y()) < 0.9f ? Vec3::UnitY() : Vec3::UnitX();
  across_ = axis.cross(wide).normalized();
  stretch_ = 1.f / std::clamp(cone.wide.w(), 0.1f, 1.f) - 1.f;
  a_ = stretched(a);
  u_ = stretched(b) - a_;
  ra_ = cone.a.w();
  rb_ = cone.b.w();
  slope_ = rb_ - ra_;
  const float open = u_.squaredNorm() - slope_ * slope_;
  k_ = open > 1e-8f ? 1.f / open : 0.f;
  from_a_ = stretched(eye) - a_;
  from_b_ = from_a_ - u_;
  along_ = from_a_.dot(u_) + ra_ * slope_;
  square_ = from_a_.squaredNorm() - ra_ * ra_;
  square_b_ = from_b_.squaredNorm() - rb_ * rb_;
  base_ = square_ - k_ * along_ * along_;
}

// The surface is the envelope of the spheres at a + s u with radius ra + s slope. With w from a, a point lies
// on it where
//   w.w - ra^2 - k (w.u + ra slope)^2 = 0
// and belongs to s = k (w.u + ra slope); outside 0 to 1 the ends' spheres take over.
float CastCone::hit(const Vec3& ray) const {
  const Vec3 d = stretched(ray);
  const float dd = d.squaredNorm(), du = d.dot(u_), wd = from_a_.dot(d);
  if (k_ > 0) {
    const float a = dd - k_ * du * du, b = wd - k_ * along_ * du;
    const float inside = b * b - a * base_;
    if (inside < 0) return kMiss;
    if (std::abs(a) > 1e-9f) {
      const float t = (-b - std::sqrt(inside)) / a;
      const float s = k_ * (along_ + t * du);
      if (t > 0 && s >= 0 && s <= 1) return t;
    }
  }
  float first = kMiss;
  const auto sphere = [&](float half, float square, bool at_b) {
    const float inside = half * half - dd * square;
    if (inside < 0) return;
    const float t = (-half - std::sqrt(inside)) / dd;
    const float s = k_ * (along_ + t * du);
    if (t > 0 && t < first && (k_ == 0 || (at_b ? s >= 1 : s <= 0))) first = t;
  };
  sphere(wd, square_, false);
  sphere(wd - d.dot(u_), square_b_, true);
  return first;
}

Vec3 CastCone::normal(const Vec3& point) const {
  const Vec3 w = stretched(point) - a_;
  const float s = std::clamp(k_ * (w.dot(u_) + ra_ * slope_), 0.f, 1.f);
  const Vec3 round = w - u_ * s;
  return stretched(round).normalized();
}

float sky_visibility(const motion::Body& body, const Vec3& p, const Vec3& n, int skip) {
  float sky = 1;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if ((skip >> i) & 1) continue;
    const Vec3 a = body[i].a.head<3>(), axis = body[i].b.head<3>() - a;
    const float h = std::clamp((p - a).dot(axis) / std::max(axis.squaredNorm(), 1e-6f), 0.f, 1.f);
    const Vec3 d = a + axis * h - p;
    const float facing = n.dot(d);
    if (facing <= 0) continue;
    const float r = (body[i].a.w() + (body[i].b.w() - body[i].a.w()) * h) * (0.4f + 0.6f * body[i].wide.w());
    const float dd = std::max(d.squaredNorm(), r * r);
    sky *= 1.f - 0.75f * facing / std::sqrt(dd) * r * r / dd;
  }
  return sky;
}

float light_visibility(const motion::Body& body, const Vec3& p, const Vec3& light, float softness, int skip) {
  float seen = 1;
  for (std::size_t i = 0; i < body.size() && seen > 0; ++i) {
    if ((skip >> i) & 1) continue;
    const Vec3 a = body[i].a.head<3>(), axis = body[i].b.head<3>() - a, w = p - a;
    const float aa = std::max(axis.squaredNorm(), 1e-6f), al = axis.dot(light), wl = w.dot(light);
    float h = std::clamp((w.dot(axis) - wl * al) / std::max(aa - al * al, 1e-5f * aa), 0.f, 1.f);
    const float t = std::max((a + axis * h - p).dot(light), 0.f);
    if (t <= 0) continue;
    const Vec3 on_ray = p + light * t;
    h = std::clamp((on_ray - a).dot(axis) / aa, 0.f, 1.f);
    const float r = (body[i].a.w() + (body[i].b.w() - body[i].a.w()) * h) * (0.4f + 0.6f * body[i].wide.w());
    const float gap = (on_ray - a - axis * h).norm() - r, penumbra = softness * t + 0.004f;
    seen = std::min(seen, smoothstep(gap, -penumbra, penumbra));
  }
  return seen;
}

}  // namespace terpsi::picture
