#include "motion/body_mesh.h"

#include <algorithm>
#include <cmath>

namespace terpsi::motion {
namespace {

constexpr int kSides = 12;  // around the axis
constexpr int kRings = 3;   // of vertices on each end, beside its pole
constexpr float kQuarter = 1.57079633f;

// Tessellates the rounded cone of shaders/body.vert.glsl: a pole, the rings of end a, those of end b, a pole.
void append(BodyMesh& mesh, const Capsule& cone, int joint, std::vector<std::uint16_t>& triangles) {
  const Vec3 a = cone.a.head<3>(), b = cone.b.head<3>();
  const float length = std::max((b - a).norm(), 1e-4f);
  const Vec3 axis = (b - a) / length;
  Vec3 wide = cone.wide.head<3>();
  if (std::abs(wide.dot(axis)) > 0.9f) wide = std::abs(axis.y()) < 0.9f ? Vec3::UnitY() : Vec3::UnitX();
  const float depth = cone.wide.w();
  const Vec3 across = axis.cross(wide).normalized();
  const Vec3 side = across.cross(axis);
  // The cone touches both spheres at the same latitude.
  const float latitude = std::asin(std::clamp((cone.a.w() - cone.b.w()) / length, -0.999f, 0.999f));

  const auto first = static_cast<std::uint16_t>(mesh.positions.size());
  const auto vertex = [&](bool at_b, float row, float angle) {
    const Vec3 out = std::cos(row) * std::cos(angle) * side + std::sin(row) * axis;
    const Vec3 flat = std::cos(row) * std::sin(angle) * across;
    mesh.positions.push_back((at_b ? b : a) + (out + flat * depth) * (at_b ? cone.b.w() : cone.a.w()));
    mesh.normals.push_back((out + flat / depth).normalized());
    mesh.joints.push_back(static_cast<std::uint8_t>(joint));
  };
  vertex(false, -kQuarter, 0);
  for (int ring = 0; ring < 2 * kRings; ++ring) {
    const bool at_b = ring >= kRings;
    const float row = at_b ? latitude + (kQuarter - latitude) * static_cast<float>(ring - kRings) / kRings
                           : -kQuarter + (latitude + kQuarter) * static_cast<float>(ring + 1) / kRings;
    for (int k = 0; k < kSides; ++k) vertex(at_b, row, 4 * kQuarter * static_cast<float>(k) / kSides);
  }
  vertex(true, kQuarter, 0);

  const auto at = [&](int ring, int k) {
    return static_cast<std::uint16_t>(first + 1 + ring * kSides + k % kSides);
  };
  const auto last = static_cast<std::uint16_t>(mesh.positions.size() - 1);
  for (int k = 0; k < kSides; ++k) {
    triangles.insert(triangles.end(), {first, at(0, k + 1), at(0, k)});
    for (int ring = 0; ring + 1 < 2 * kRings; ++ring) {
      triangles.insert(triangles.end(), {at(ring, k), at(ring + 1, k + 1), at(ring + 1, k)});
      triangles.insert(triangles.end(), {at(ring, k), at(ring, k + 1), at(ring + 1, k + 1)});
    }
    triangles.insert(triangles.end(), {at(2 * kRings - 1, k), at(2 * kRings - 1, k + 1), last});
  }
}

}  // namespace

const BodyMesh& body_mesh() {
  static const BodyMesh mesh = [] {
    BodyMesh m;
    const Body body = make_body(world_pose(Frame()));
    for (std::size_t i = 0; i < kCapsules; ++i) {
      // Each cone is carried by its first joint alone: a joint bends where two cones overlap, and nothing
      // pinches.
      append(m, body[i], body_joints()[i].a, m.triangles[static_cast<std::size_t>(body_colours()[i])]);
    }
    return m;
  }();
  return mesh;
}

}  // namespace terpsi::motion
