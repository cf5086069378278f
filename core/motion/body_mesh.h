#pragma once
// The dancer's body in the T-pose as a triangle mesh, for formats and programs without rounded cones.

#include <array>
#include <cstdint>
#include <vector>

#include "motion/body.h"

namespace terpsi::motion {

inline constexpr int kBodyColours = 4;  // as body_colours()

struct BodyMesh {
  std::vector<Vec3> positions;       // metres, as rest_positions()
  std::vector<Vec3> normals;         // unit
  std::vector<std::uint8_t> joints;  // the joint that carries each vertex, weight 1
  // Vertex indices, three a triangle, counter-clockwise seen from outside; one list per colour.
  std::array<std::vector<std::uint16_t>, kBodyColours> triangles;
};

// The mesh, built on first use.
const BodyMesh& body_mesh();

}  // namespace terpsi::motion
