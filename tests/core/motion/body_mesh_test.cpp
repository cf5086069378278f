#include "motion/body_mesh.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::motion;

TEST_CASE("the mesh is closed, and every triangle looks outwards") {
  const BodyMesh& mesh = body_mesh();
  REQUIRE(mesh.positions.size() == mesh.normals.size());
  REQUIRE(mesh.positions.size() == mesh.joints.size());
  REQUIRE(mesh.positions.size() < 65535);  // short indices
  std::map<std::pair<int, int>, int> edges;
  int wrong = 0;
  for (const auto& triangles : mesh.triangles) {
    REQUIRE(!triangles.empty());
    REQUIRE(triangles.size() % 3 == 0);
    for (std::size_t i = 0; i < triangles.size(); i += 3) {
      for (std::size_t k = 0; k < 3; ++k) {
        REQUIRE(triangles[i + k] < mesh.positions.size());
        ++edges[{triangles[i + k], triangles[i + (k + 1) % 3]}];
      }
      const Vec3 a = mesh.positions[triangles[i]], b = mesh.positions[triangles[i + 1]],
                 c = mesh.positions[triangles[i + 2]];
      const Vec3 outwards = (b - a).cross(c - a);
      const Vec3 normal =
          mesh.normals[triangles[i]] + mesh.normals[triangles[i + 1]] + mesh.normals[triangles[i + 2]];
      wrong += !(outwards.norm() > 1e-9f && outwards.normalized().dot(normal.normalized()) > 0.5f);
    }
  }
  CHECK(wrong == 0);
  for (const auto& [edge, count] : edges) wrong += count != 1 || edges.count({edge.second, edge.first}) != 1;
  CHECK(wrong == 0);
}

TEST_CASE("the mesh is the body in the T-pose") {
  const BodyMesh& mesh = body_mesh();
  Vec3 low = mesh.positions[0], high = low;
  std::array<int, kJoints> carried{};
  for (std::size_t i = 0; i < mesh.positions.size(); ++i) {
    low = low.cwiseMin(mesh.positions[i]);
    high = high.cwiseMax(mesh.positions[i]);
    CHECK(std::abs(mesh.normals[i].norm() - 1) < 1e-5f);
    REQUIRE(mesh.joints[i] < kJoints);
    ++carried[mesh.joints[i]];
    // near the bone that carries it
    CHECK((mesh.positions[i] - rest_positions()[mesh.joints[i]]).norm() < 0.5f);
  }
  CHECK(high.y() > 1.6f);
  CHECK(high.y() < 1.75f);
  CHECK(std::abs(low.y()) < 0.03f);
  CHECK(high.x() > 0.7f);
  CHECK(std::abs(high.x() + low.x()) < 1e-4f);  // as wide on both sides
  for (const Joint joint : {kPelvis, kHead, kLElbow, kRElbow, kLKnee, kRKnee, kLFoot, kRFoot})
    CHECK(carried[static_cast<std::size_t>(joint)] > 0);
}
