#include "motion/body.h"

#include <cstddef>

namespace terpsi::motion {
namespace {

struct Part {
  Joint from, to;
  float a[3], b[3];  // offsets in the frames of `from` and `to`, metres
  float ra, rb;      // radii, metres
  int colour;        // 0 body, 1 left accent, 2 right accent, 3 joint
  float depth = 1;   // thickness front to back as a share of the radius
};

constexpr Part kParts[kCapsules] = {
    {kPelvis, kPelvis, {0.055f, -0.030f, -0.004f}, {-0.055f, -0.030f, -0.004f}, 0.106f, 0.106f, 0, 1.f},
    {kPelvis, kSpine1, {0.f, -0.01f, 0.f}, {0.f, 0.03f, 0.004f}, 0.128f, 0.112f, 0, 0.74f},
    {kSpine1, kSpine2, {0.f, 0.02f, 0.004f}, {0.f, 0.02f, 0.f}, 0.112f, 0.118f, 0, 0.74f},
    {kSpine2, kSpine3, {0.f, 0.02f, 0.f}, {0.f, 0.035f, 0.004f}, 0.120f, 0.142f, 0, 0.72f},
    {kSpine3, kSpine3, {0.f, 0.035f, 0.004f}, {0.f, 0.085f, -0.004f}, 0.142f, 0.105f, 0, 0.72f},
    {kSpine3, kSpine3, {0.085f, 0.110f, -0.004f}, {-0.085f, 0.110f, -0.004f}, 0.064f, 0.064f, 0, 1.f},
    {kLCollar, kLShoulder, {0.f, 0.f, 0.004f}, {-0.008f, -0.006f, 0.f}, 0.050f, 0.056f, 0},
    {kRCollar, kRShoulder, {0.f, 0.f, 0.004f}, {0.008f, -0.006f, 0.f}, 0.050f, 0.056f, 0},
    {kNeck, kHead, {0.f, -0.03f, 0.f}, {0.f, 0.02f, -0.004f}, 0.050f, 0.046f, 3},
    {kHead, kHead, {0.f, 0.045f, 0.020f}, {0.f, 0.092f, 0.004f}, 0.068f, 0.088f, 0},
    {kLShoulder, kLElbow, {0.010f, 0.f, 0.f}, {-0.01f, 0.f, 0.f}, 0.051f, 0.040f, 0},
    {kRShoulder, kRElbow, {-0.010f, 0.f, 0.f}, {0.01f, 0.f, 0.f}, 0.051f, 0.040f, 0},
    {kLElbow, kLWrist, {0.004f, 0.f, 0.f}, {-0.012f, 0.f, 0.f}, 0.041f, 0.028f, 0},
    {kRElbow, kRWrist, {-0.004f, 0.f, 0.f}, {0.012f, 0.f, 0.f}, 0.041f, 0.028f, 0},
    {kLWrist, kLHand, {0.020f, 0.f, 0.f}, {0.035f, 0.f, 0.f}, 0.031f, 0.023f, 1},
    {kRWrist, kRHand, {-0.020f, 0.f, 0.f}, {-0.035f, 0.f, 0.f}, 0.031f, 0.023f, 2},
    {kLHip, kLKnee, {0.006f, -0.02f, 0.f}, {0.f, 0.012f, 0.002f}, 0.082f, 0.054f, 0},
    {kRHip, kRKnee, {-0.006f, -0.02f, 0.f}, {0.f, 0.012f, 0.002f}, 0.082f, 0.054f, 0},
    {kLKnee, kLAnkle, {0.f, -0.02f, -0.004f}, {0.f, 0.02f, 0.f}, 0.054f, 0.035f, 0},
    {kRKnee, kRAnkle, {0.f, -0.02f, -0.004f}, {0.f, 0.02f, 0.f}, 0.054f, 0.035f, 0},
    {kLAnkle, kLFoot, {0.f, -0.024f, -0.026f}, {0.f, 0.016f, -0.01f}, 0.044f, 0.034f, 1},
    {kRAnkle, kRFoot, {0.f, -0.024f, -0.026f}, {0.f, 0.016f, -0.01f}, 0.044f, 0.034f, 2},
    {kLFoot, kLFoot, {0.f, 0.016f, -0.01f}, {0.004f, 0.006f, 0.062f}, 0.034f, 0.024f, 1},
    {kRFoot, kRFoot, {0.f, 0.016f, -0.01f}, {-0.004f, 0.006f, 0.062f}, 0.034f, 0.024f, 2},
};

bool share_a_joint(const Part& p, const Part& q) {
  const auto trunk = [](Joint x) { return x == kPelvis || x == kSpine1 || x == kSpine2 || x == kSpine3; };
  const auto linked = [&](Joint x, Joint y) {
    return (trunk(x) && trunk(y)) || x == y || kParents[x] == y || kParents[y] == x;
  };
  return linked(p.from, q.from) || linked(p.from, q.to) || linked(p.to, q.from) || linked(p.to, q.to);
}

}  // namespace

Body make_body(const Pose& pose) {
  Body body;
  for (std::size_t i = 0; i < kCapsules; ++i) {
    const Part& part = kParts[i];
    const auto end = [&](Joint j, const float(&offset)[3], float radius) {
      const Vec3 p = pose.positions[j] + pose.rotations[j] * Vec3(offset[0], offset[1], offset[2]);
      return Eigen::Vector4f(p.x(), p.y(), p.z(), radius);
    };
    const Vec3 wide = pose.rotations[part.from] * Vec3::UnitX();
    body[i] = {end(part.from, part.a, part.ra),
               end(part.to, part.b, part.rb),
               {wide.x(), wide.y(), wide.z(), part.depth}};
  }
  return body;
}

const std::array<CapsuleJoints, kCapsules>& body_joints() {
  static const std::array<CapsuleJoints, kCapsules> joints = [] {
    std::array<CapsuleJoints, kCapsules> j{};
    for (std::size_t i = 0; i < kCapsules; ++i) j[i] = {kParts[i].from, kParts[i].to};
    return j;
  }();
  return joints;
}

const std::array<int, kCapsules>& body_colours() {
  static const std::array<int, kCapsules> colours = [] {
    std::array<int, kCapsules> c{};
    for (std::size_t i = 0; i < kCapsules; ++i) c[i] = kParts[i].colour;
    return c;
  }();
  return colours;
}

const std::array<int, kCapsules>& body_neighbours() {
  static const std::array<int, kCapsules> masks = [] {
    std::array<int, kCapsules> m{};
    for (std::size_t i = 0; i < kCapsules; ++i) {
      for (std::size_t k = 0; k < kCapsules; ++k) {
        if (share_a_joint(kParts[i], kParts[k])) m[i] |= 1 << k;
      }
    }
    return m;
  }();
  return masks;
}

}  // namespace terpsi::motion
