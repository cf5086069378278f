#include "measure/metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/statistics.h"
#include "motion/floor.h"
#include "motion/kinematics.h"

namespace terpsi::measure {

using namespace motion;

namespace {

using Point = Eigen::Vector3d;
using Joints = std::span<const JointPositions>;

constexpr double kFreezeSpeed = 0.03, kFreezeSeconds = 0.5;
constexpr double kAnkleContact = 0.08, kBallContact = 0.05;  // metres above the clip's floor
constexpr double kSlideSpeed = 0.01 * 30;                    // m/s
constexpr double kSeamSeconds = 0.1;

Point at(Joints joints, std::size_t frame, std::size_t joint) {
  return joints[frame][joint].cast<double>();
}

double in_plane(const Point& v) {
  return std::hypot(v.x(), v.z());
}

// Mean over the joints of |n-th difference| starting at `frame`.
double mean_difference(Joints joints, std::size_t frame, int order) {
  double sum = 0;
  for (std::size_t j = 0; j < kJoints; ++j) {
    const Point a = at(joints, frame, j), b = at(joints, frame + 1, j);
    if (order == 1) {
      sum += (b - a).norm();
      continue;
    }
    const Point c = at(joints, frame + 2, j);
    sum += order == 2 ? (c - 2 * b + a).norm() : (at(joints, frame + 3, j) - 3 * c + 3 * b - a).norm();
  }
  return sum / kJoints;
}

double mean_of_differences(Joints joints, int order) {
  const auto n = static_cast<std::size_t>(order);
  if (joints.size() <= n) return 0;
  double sum = 0;
  for (std::size_t i = 0; i + n < joints.size(); ++i) sum += mean_difference(joints, i, order);
  return sum / static_cast<double>(joints.size() - n);
}

double jerk_peak(Joints joints) {
  std::vector<double> jerks;
  for (std::size_t i = 0; i + 3 < joints.size(); ++i) jerks.push_back(mean_difference(joints, i, 3));
  const double average = mean(jerks);
  return average > 0 ? quantile_linear(std::move(jerks), 0.999) / average : 0;
}

double freeze_share(Joints joints, double fps) {
  const std::size_t steps = joints.size() - 1;
  const auto needed = static_cast<std::size_t>(std::ceil(kFreezeSeconds * fps - 1e-9));
  std::size_t frozen = 0, run = 0;
  for (std::size_t i = 0; i <= steps; ++i) {
    bool still = i < steps;
    for (std::size_t j = 0; still && j < kJoints; ++j)
      still = (at(joints, i + 1, j) - at(joints, i, j)).norm() * fps < kFreezeSpeed;
    if (still) {
      ++run;
      continue;
    }
    if (run >= needed) frozen += run;
    run = 0;
  }
  return static_cast<double>(frozen) / static_cast<double>(steps);
}

double physical_foot_contact(Joints joints, double fps) {
  if (joints.size() < 3) return 0;
  double sum = 0, largest = 0;
  for (std::size_t i = 0; i + 2 < joints.size(); ++i) {
    Point acceleration =
        (at(joints, i + 2, kPelvis) - 2 * at(joints, i + 1, kPelvis) + at(joints, i, kPelvis)) * fps * fps;
    acceleration.y() = std::max(0.0, acceleration.y());
    const auto step = [&](std::size_t joint) {
      return in_plane(at(joints, i + 2, joint) - at(joints, i + 1, joint));
    };
    const double left = std::min(step(kLAnkle), step(kLFoot)), right = std::min(step(kRAnkle), step(kRFoot));
    sum += left * right * acceleration.norm();
    largest = std::max(largest, acceleration.norm());
  }
  return largest > 0 ? 1e4 * sum / largest / static_cast<double>(joints.size() - 2) : 0;
}

void foot_contact(Joints joints, double fps, MotionMetrics& out) {
  std::vector<double> lowest;
  for (const JointPositions& p : joints)
    lowest.push_back(
        static_cast<double>(std::min({p[kLAnkle].y(), p[kRAnkle].y(), p[kLFoot].y(), p[kRFoot].y()})));
  const double floor = quantile(std::move(lowest), 0.01);

  std::size_t contacts = 0, slides = 0, slides_ref = 0;
  double speeds = 0;
  for (std::size_t i = 0; i + 1 < joints.size(); ++i)
    for (const Leg& leg : kLegs) {
      const Point ankle = at(joints, i, leg.ankle), ball = at(joints, i, leg.ball);
      if (ankle.y() - floor > kAnkleContact || ball.y() - floor > kBallContact) continue;
      const Point a = (at(joints, i + 1, leg.ankle) - ankle) * fps;
      const Point t = (at(joints, i + 1, leg.ball) - ball) * fps;
      const double speed = 0.5 * (in_plane(a) + in_plane(t));
      const double speed_ref = 0.25 * (std::abs(a.x() + a.z()) + std::abs(t.x() + t.z()));
      ++contacts;
      slides += speed > kSlideSpeed;
      slides_ref += speed_ref > kSlideSpeed;
      speeds += speed;
    }
  if (contacts == 0) return;
  const auto count = static_cast<double>(contacts);
  out.contact = count / static_cast<double>(2 * (joints.size() - 1));
  out.foot_skate = static_cast<double>(slides) / count;
  out.foot_skate_ref = static_cast<double>(slides_ref) / count;
  out.skate_speed = speeds / count;
}

double bone_deviation(Joints joints) {
  double sum = 0;
  for (const JointPositions& p : joints)
    for (int j = 1; j < kJoints; ++j) {
      const auto joint = static_cast<std::size_t>(j), parent = static_cast<std::size_t>(kParents[joint]);
      const double ours = static_cast<double>(bone_length(j));
      sum += std::abs(static_cast<double>((p[joint] - p[parent]).norm()) - ours) / ours;
    }
  return sum / static_cast<double>(joints.size() * (kJoints - 1));
}

}  // namespace

double symmetry_score(Joints joints) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < joints.size(); ++i) {
    const Point pelvis = at(joints, i, kPelvis), hips = at(joints, i, kLHip) - at(joints, i, kRHip);
    const double yaw = std::atan2(-hips.z(), hips.x());  // left of the dancer becomes +x
    const double c = std::cos(yaw), s = std::sin(yaw);
    for (std::size_t j = 0; j < kJoints; ++j) {
      const auto mirror = static_cast<std::size_t>(kMirror[j]);
      if (mirror <= j) continue;
      const auto seen = [&](std::size_t joint) {
        const Point p = at(joints, i, joint) - pelvis;
        return Point(c * p.x() - s * p.z(), p.y(), s * p.x() + c * p.z());
      };
      const Point left = seen(j);
      Point right = seen(mirror);
      right.x() = -right.x();
      const double reference = 0.5 * (left.norm() + right.norm());
      sum += reference > 1e-9 ? 1 - (left - right).norm() / reference : 1;
      ++count;
    }
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

MotionMetrics motion_metrics(Joints joints, double fps) {
  MotionMetrics out;
  if (joints.empty() || !(fps > 0)) return out;
  out.bone_deviation = bone_deviation(joints);
  out.symmetry = symmetry_score(joints);
  for (const JointPositions& p : joints) {
    const auto low = static_cast<double>(lowest_point(p));
    out.floating += std::max(0.0, low) / static_cast<double>(joints.size());
    out.penetration += std::max(0.0, -low) / static_cast<double>(joints.size());
    float joint_low = p[0].y();
    for (const Vec3& q : p) joint_low = std::min(joint_low, q.y());
    out.floating_ref += std::max(0.0, static_cast<double>(joint_low)) / static_cast<double>(joints.size());
    out.penetration_ref +=
        std::max(0.0, -static_cast<double>(joint_low)) / static_cast<double>(joints.size());
  }
  if (joints.size() < 2) return out;
  out.magnitude = mean_of_differences(joints, 1) * fps;
  out.freeze = freeze_share(joints, fps);
  out.jitter = mean_of_differences(joints, 2);
  out.acceleration = out.jitter * fps * fps;
  out.jerk = mean_of_differences(joints, 3) * fps * fps * fps;
  out.jerk_peak = jerk_peak(joints);
  out.pfc = physical_foot_contact(joints, fps);
  foot_contact(joints, fps, out);
  return out;
}

double smoothness_index(double jerk, double reference_jerk) {
  if (!(jerk >= 0) || !(reference_jerk > 0) || !std::isfinite(jerk) || !std::isfinite(reference_jerk))
    return 0;
  return std::min(100.0, 200 / (1 + jerk / reference_jerk));
}

double paired_error(Joints joints, Joints real) {
  const std::size_t frames = std::min(joints.size(), real.size());
  double sum = 0;
  for (std::size_t i = 0; i < frames; ++i)
    for (std::size_t j = 0; j < kJoints; ++j)
      sum += (at(joints, i, j) - at(joints, i, kPelvis) - at(real, i, j) + at(real, i, kPelvis)).norm();
  return frames > 0 ? sum / static_cast<double>(frames * kJoints) : 0;
}

double seam_jerk_ratio(Joints joints, double fps, std::span<const std::size_t> seams) {
  if (joints.size() < 4 || !(fps > 0)) return 0;
  const auto reach = static_cast<std::ptrdiff_t>(std::max(1.0, std::round(kSeamSeconds * fps)));
  std::vector<char> near(joints.size() - 3, 0);
  for (const std::size_t seam : seams)
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      // The third difference that starts at i is centred between frames i + 1 and i + 2.
      const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(seam) + k - 2;
      if (i >= 0 && i < static_cast<std::ptrdiff_t>(near.size())) near[static_cast<std::size_t>(i)] = 1;
    }
  double at_seams = 0, elsewhere = 0;
  std::size_t seam_count = 0;
  for (std::size_t i = 0; i < near.size(); ++i) {
    const double jerk = mean_difference(joints, i, 3);
    (near[i] ? at_seams : elsewhere) += jerk;
    seam_count += near[i] != 0;
  }
  if (seam_count == 0 || seam_count == near.size() || elsewhere <= 0) return 0;
  return at_seams / static_cast<double>(seam_count) /
         (elsewhere / static_cast<double>(near.size() - seam_count));
}

}  // namespace terpsi::measure
