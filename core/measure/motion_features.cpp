#include "measure/motion_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace terpsi::measure {

using namespace motion;

namespace {

using Point = Eigen::Vector3d;
using Joints = std::span<const JointPositions>;

constexpr std::ptrdiff_t kReach = 2;  // frames on each side of a sliding mean
constexpr double kRefFps = 120;       // in the published geometric features

KineticFeatures kinetic(Joints joints, double fps, bool ref) {
  KineticFeatures out{};
  const auto n = static_cast<std::ptrdiff_t>(joints.size());
  if (n < 3 || !(fps > 0)) return out;
  const Point origin = joints[0][kPelvis].cast<double>();
  for (std::size_t j = 0; j < kJoints; ++j) {
    const auto at = [&](std::ptrdiff_t i) -> Point {
      return joints[static_cast<std::size_t>(i)][j].cast<double>() - origin;
    };
    double plane = 0, vertical = 0, expenditure = 0;
    for (std::ptrdiff_t i = 1; i < n; ++i) {
      Point velocity = Point::Zero(), acceleration = Point::Zero();
      int velocities = 0, accelerations = 0;
      for (std::ptrdiff_t k = std::max<std::ptrdiff_t>(1, i - kReach); k <= std::min(n - 1, i + kReach);
           ++k) {
        velocity += (at(k) - at(k - 1)) * fps;
        ++velocities;
        if (k + 1 >= n) continue;
        const Point before = ref ? Point(at(k) - at(k - 1) * fps) : Point((at(k) - at(k - 1)) * fps);
        acceleration += ((at(k + 1) - at(k)) * fps - before) * fps;
        ++accelerations;
      }
      velocity /= velocities;
      plane += velocity.x() * velocity.x() + velocity.z() * velocity.z();
      vertical += velocity.y() * velocity.y();
      if (accelerations > 0) expenditure += (acceleration / accelerations).norm();
    }
    out[3 * j] = plane / static_cast<double>(n - 1);
    out[3 * j + 1] = vertical / static_cast<double>(n - 1);
    out[3 * j + 2] = expenditure / static_cast<double>(n - 1);
  }
  return out;
}

// Units of the thresholds, metres.
struct Widths {
  double humerus = static_cast<double>(offset(kLElbow).norm());
  double shoulders = static_cast<double>(
      (offset(kLCollar) + offset(kLShoulder) - offset(kRCollar) - offset(kRShoulder)).norm());
  double hips = static_cast<double>((offset(kLHip) - offset(kRHip)).norm());
};

// The kinds of relations between joints in two neighbouring frames. Without a direction (two joints in one
// place) a relation does not hold.
struct Relations {
  const JointPositions& before;
  const JointPositions& now;
  double fps;
  bool ref;

  Point at(int j) const { return now[static_cast<std::size_t>(j)].cast<double>(); }
  Point step(int j) const { return at(j) - before[static_cast<std::size_t>(j)].cast<double>(); }

  bool fast(int j, double speed) const { return step(j).norm() * fps > speed; }

  // Joint `mover` seen from `from` moves along the direction a -> b.
  bool moves(int a, int b, int from, int mover, double speed) const {
    const Point velocity = (ref ? step(from) - step(a) : step(mover) - step(from)) * fps;
    const Point direction = at(b) - at(a);
    return velocity.dot(direction) / direction.norm() > speed;
  }

  // Joint p seen from a moves along the normal of the plane a, b, c.
  bool moves_off(int a, int b, int c, int p, double speed) const {
    const Point normal = (at(c) - at(a)).cross(at(b) - at(a));
    return (step(p) - step(a)).dot(normal) * fps / normal.norm() > speed;
  }

  // Height of p over the plane a, b, c.
  bool over(int a, int b, int c, int p, double distance) const {
    const Point normal = (at(c) - at(a)).cross(at(b) - at(a));
    return normal.dot(at(p) - at(a)) / normal.norm() > distance;
  }

  // Distance of p from `origin` in the direction a -> b.
  bool beyond(int a, int b, int origin, int p, double distance) const {
    const Point direction = at(b) - at(a);
    return direction.dot(at(p) - at(origin)) / direction.norm() > distance;
  }

  static bool angle_within(const Point& a, const Point& b, double from, double to) {
    const double degrees = std::acos(a.dot(b) / (a.norm() * b.norm())) * 180 / std::numbers::pi;
    return degrees > from && degrees < to;
  }

  bool angle(int a1, int a2, int b1, int b2, double from, double to) const {
    return angle_within(at(a2) - at(a1), at(b2) - at(b1), from, to);
  }

  // Height above the lowest joint.
  double height(int j) const {
    float lowest = now[0].y();
    for (const Vec3& p : now) lowest = std::min(lowest, p.y());
    return at(j).y() - static_cast<double>(lowest);
  }
};

std::array<bool, kGeometricFeatures> relations(const Relations& q, const Widths& w) {
  const double h = w.humerus;
  // The published 10 and 11 look from one hand at the other's movement; the corrected ones stay with one
  // hand.
  const int from_right = q.ref ? kLWrist : kRWrist, from_left = q.ref ? kRWrist : kLWrist;
  return {q.moves_off(kNeck, kRHip, kLHip, kRWrist, 1.8 * h),
          q.moves_off(kNeck, kLHip, kRHip, kLWrist, 1.8 * h),
          q.beyond(kSpine3, kNeck, kNeck, kRWrist, 0.2 * h),
          q.beyond(kSpine3, kNeck, kNeck, kLWrist, 0.2 * h),
          q.moves(kSpine1, kSpine3, kSpine3, kRWrist, 1.8 * h),
          q.moves(kSpine1, kSpine3, kSpine3, kLWrist, 1.8 * h),
          q.angle(kRElbow, kRShoulder, kRElbow, kRWrist, 0, 110),
          q.angle(kLElbow, kLShoulder, kLElbow, kLWrist, 0, 110),
          q.beyond(kLShoulder, kRShoulder, kLWrist, kRWrist, 2.5 * w.shoulders),
          q.moves(kLWrist, kRWrist, kRWrist, kLWrist, 1.4 * h),
          q.moves(kRWrist, kPelvis, from_right, kPelvis, 1.4 * h),
          q.moves(kLWrist, kPelvis, from_left, kPelvis, 1.4 * h),
          q.fast(kRWrist, 2.5 * h),
          q.fast(kLWrist, 2.5 * h),
          q.over(kPelvis, kLHip, kLFoot, kRAnkle, 0.38 * h),
          q.over(kPelvis, kRHip, kRFoot, kLAnkle, 0.38 * h),
          q.height(kRAnkle) > 1.2 * h,
          q.height(kLAnkle) > 1.2 * h,
          q.beyond(kLHip, kRHip, kLAnkle, kRAnkle, 2.1 * w.hips),
          q.angle(kRKnee, kRHip, kRKnee, kRAnkle, 0, 110),
          q.angle(kLKnee, kLHip, kLKnee, kLAnkle, 0, 110),
          q.fast(kRAnkle, 2.5 * h),
          q.fast(kLAnkle, 2.5 * h),
          q.angle(kNeck, kPelvis, kRShoulder, kRElbow, 25, 180),
          q.angle(kNeck, kPelvis, kLShoulder, kLElbow, 25, 180),
          q.angle(kNeck, kPelvis, kRHip, kRKnee, 50, 180),
          q.angle(kNeck, kPelvis, kLHip, kLKnee, 50, 180),
          q.over(kRAnkle, kNeck, kLAnkle, kPelvis, 0.5 * h),
          Relations::angle_within(q.at(kPelvis) - q.at(kNeck), Point::UnitY(), 70, 110),
          q.height(kRWrist) < 1.2 * h,
          q.height(kLWrist) < 1.2 * h,
          q.fast(kPelvis, 2.3 * h)};
}

GeometricFeatures geometric(Joints joints, double fps, bool ref) {
  GeometricFeatures out{};
  if (joints.size() < 2 || !(fps > 0)) return out;
  const Widths widths;
  for (std::size_t i = 1; i < joints.size(); ++i) {
    const auto held = relations({joints[i - 1], joints[i], fps, ref}, widths);
    for (std::size_t f = 0; f < held.size(); ++f) out[f] += held[f] ? 1 : 0;
  }
  for (double& share : out) share /= static_cast<double>(joints.size() - 1);
  return out;
}

}  // namespace

std::string kinetic_name(std::size_t feature) {
  static constexpr const char* kKinds[] = {" plane", " vertical", " acceleration"};
  return std::string(kJointNames[feature / 3]) + kKinds[feature % 3];
}

std::string geometric_name(std::size_t feature) {
  static constexpr const char* kNames[kGeometricFeatures] = {
      "r_hand forwards",   "l_hand forwards",   "r_hand above neck", "l_hand above neck", "r_hand upwards",
      "l_hand upwards",    "r_elbow bent",      "l_elbow bent",      "hands wide apart",  "hands approach",
      "r_hand leaves",     "l_hand leaves",     "r_hand fast",       "l_hand fast",       "r_foot behind",
      "l_foot behind",     "r_foot raised",     "l_foot raised",     "feet wide apart",   "r_knee bent",
      "l_knee bent",       "r_foot fast",       "l_foot fast",       "r_arm off trunk",   "l_arm off trunk",
      "r_thigh off trunk", "l_thigh off trunk", "pelvis off ankles", "trunk level",       "r_hand low",
      "l_hand low",        "pelvis fast"};
  return kNames[feature];
}

KineticFeatures kinetic_features(Joints joints, double fps) {
  return kinetic(joints, fps, false);
}

KineticFeatures kinetic_features_ref(Joints joints, double fps) {
  return kinetic(joints, fps, true);
}

GeometricFeatures geometric_features(Joints joints, double fps) {
  return geometric(joints, fps, false);
}

GeometricFeatures geometric_features_ref(Joints joints) {
  return geometric(joints, kRefFps, true);
}

}  // namespace terpsi::measure
