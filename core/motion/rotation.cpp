#include "motion/rotation.h"

#include <cmath>

namespace terpsi::motion {

namespace {
Quat from_axes(const Vec3& x, const Vec3& y) {
  Eigen::Matrix3f m;
  m.col(0) = x;
  m.col(1) = y;
  m.col(2) = x.cross(y);
  return Quat(m).normalized();
}
}  // namespace

void to_6d(const Quat& q, std::span<float, 6> out) {
  const Eigen::Matrix3f m = q.toRotationMatrix();
  for (int i = 0; i < 3; ++i) {
    out[static_cast<std::size_t>(i)] = m(i, 0);
    out[static_cast<std::size_t>(i) + 3] = m(i, 1);
  }
}

Quat from_6d(std::span<const float, 6> in) {
  const Vec3 a(in[0], in[1], in[2]), b(in[3], in[4], in[5]);
  const float a_norm = a.norm();
  if (!(a_norm > 1e-6f) || !std::isfinite(a_norm)) return Quat::Identity();
  const Vec3 x = a / a_norm;
  const Vec3 rest = b - x.dot(b) * x;
  const float rest_norm = rest.norm();
  if (!(rest_norm > 1e-6f) || !std::isfinite(rest_norm)) return Quat::Identity();
  return from_axes(x, rest / rest_norm);
}

Vec3 unit_or(const Vec3& v, const Vec3& fallback) {
  const float n = v.norm();
  if (!(n > 1e-6f) || !std::isfinite(n)) return fallback;
  return v / n;
}

Quat swing(const Vec3& from, const Vec3& to) {
  const Vec3 zero = Vec3::Zero();
  const Vec3 a = unit_or(from, zero), b = unit_or(to, zero);
  if (a.isZero() || b.isZero()) return Quat::Identity();
  const float cosine = a.dot(b);
  Quat q;
  if (cosine < -0.999999f) {
    q.w() = 0;
    q.vec() = a.unitOrthogonal();
    return q;
  }
  q.w() = 1.f + cosine;
  q.vec() = a.cross(b);
  return q.normalized();
}

Quat frame_from_xy(const Vec3& x, const Vec3& y) {
  const Vec3 u = unit_or(x, Vec3::UnitX());
  const Vec3 v = unit_or(y - u.dot(y) * u, u.unitOrthogonal());
  return from_axes(u, v);
}

float angle_of(const Quat& q) {
  return 2.f * std::atan2(q.vec().norm(), std::abs(q.w()));
}

Quat scaled(const Quat& q, float power) {
  const float sign = q.w() < 0 ? -1.f : 1.f;
  const float sine = q.vec().norm();
  if (sine < 1e-7f) return Quat::Identity();
  const float half = std::atan2(sine, sign * q.w()) * power;
  Quat out;
  out.w() = std::cos(half);
  out.vec() = q.vec() * (sign * std::sin(half) / sine);
  return out;
}

Quat clamped(const Quat& q, float limit) {
  const float angle = angle_of(q);
  return angle > limit && angle > 0 ? scaled(q, limit / angle) : q;
}

float angle_about(const Vec3& axis, const Vec3& a, const Vec3& b) {
  const Vec3 pa = a - axis.dot(a) * axis, pb = b - axis.dot(b) * axis;
  const float y = axis.dot(pa.cross(pb)), x = pa.dot(pb);
  if (x == 0 && y == 0) return 0;
  return std::atan2(y, x);
}

Vec3 rotation_vector(const Quat& q) {
  const Eigen::AngleAxisf turn(same_hemisphere(q, Quat::Identity()));
  return turn.angle() * turn.axis();
}

Eigen::Vector3d rotation_vector(const Eigen::Quaterniond& q) {
  const double sign = q.w() < 0 ? -1 : 1, sine = q.vec().norm();
  if (sine < 1e-12) return Eigen::Vector3d::Zero();
  return q.vec() * (sign * 2 * std::atan2(sine, sign * q.w()) / sine);
}

Quat from_rotation_vector(const Vec3& v) {
  const float angle = v.norm();
  return angle < 1e-6f ? Quat::Identity() : Quat(Eigen::AngleAxisf(angle, v / angle));
}

Eigen::Quaterniond from_rotation_vector(const Eigen::Vector3d& v) {
  const double angle = v.norm();
  return angle < 1e-12 ? Eigen::Quaterniond::Identity()
                       : Eigen::Quaterniond(Eigen::AngleAxisd(angle, v / angle));
}

Quat same_hemisphere(const Quat& q, const Quat& reference) {
  if (q.dot(reference) >= 0) return q;
  return Quat(-q.w(), -q.x(), -q.y(), -q.z());
}

bool is_unit(const Quat& q) {
  const float n = q.norm();
  return std::isfinite(n) && std::abs(n - 1.f) < 1e-3f;
}

}  // namespace terpsi::motion
