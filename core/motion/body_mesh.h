#pragma once
// The dancer's body in the T-pose as triangles, for programs that do not draw rounded cones.

#include <array>
#include <cstdint>
#include <vector>

#include "motion/body.h"

namespace terpsi::motion {

inline constexpr int kBodyColours = 4;  // as body_colours()

struct BodyMesh {
  std::vector<Vec3> positions;       // metres, as rest_positions()
  std::vector<Vec3> normals;         // unit
  std::vector<std::uint8_t> joints;  // the joint that carries each vertex
  // Three vertices a triangle, counter-clockwise from outside; one list for each colour.
  std::array<std::vector<std::uint16_t>, kBodyColours> triangles;
};

// Always the same mesh.
const BodyMesh& body_mesh();

}  // namespace terpsi::motion
