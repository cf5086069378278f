#include "stage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "generated/shaders.h"

namespace terpsi::view {
namespace {

constexpr int kSides = 24;         // mesh columns around a capsule
constexpr int kCapRows = 6;        // mesh rows of each cap
constexpr int kContactSize = 208;  // texels of a dancer's tile
constexpr int kTilesWide = 4, kTilesHigh = 2;
constexpr float kPatchHalf = 2.6f;  // metres covered by a tile, half

constexpr int kTrailFloats = 7;  // of a vertex: place, premultiplied colour

constexpr std::size_t kMostBodies = limits::kMaxDancers;
static_assert(kMostBodies == kTilesWide * kTilesHigh);  // also kMaxDancers in shaders/common.glsl

// Uniform block Bodies of shaders/capsules.glsl.
struct BodiesBlock {
  std::array<Eigen::Vector4f, kCapsules * kMostBodies> a, b, wide;
};

void make_ring_mesh(Stage& stage) {
  std::vector<float> vertices;
  for (int end = 0; end < 2; ++end) {
    for (int row = 0; row <= kCapRows; ++row) {
      for (int side = 0; side < kSides; ++side) {
        const float angle = 6.2831853f * static_cast<float>(side) / kSides;
        vertices.insert(vertices.end(), {std::cos(angle), std::sin(angle), static_cast<float>(row) / kCapRows,
                                         static_cast<float>(end)});
      }
    }
  }
  std::vector<std::uint16_t> indices;
  const int rows = 2 * (kCapRows + 1);
  for (int row = 0; row + 1 < rows; ++row) {
    for (int side = 0; side < kSides; ++side) {
      const int next = (side + 1) % kSides;
      const std::array<int, 6> quad = {row * kSides + side,       row * kSides + next,
                                       (row + 1) * kSides + side, (row + 1) * kSides + side,
                                       row * kSides + next,       (row + 1) * kSides + next};
      for (int i : quad) indices.push_back(static_cast<std::uint16_t>(i));
    }
  }
  stage.ring_count = static_cast<int>(indices.size());
  glGenVertexArrays(1, &stage.ring_array);
  glBindVertexArray(stage.ring_array);
  glGenBuffers(1, &stage.ring_vertices);
  glBindBuffer(GL_ARRAY_BUFFER, stage.ring_vertices);
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(vertices.size() * sizeof(float)), vertices.data(),
               GL_STATIC_DRAW);
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 0, nullptr);
  glGenBuffers(1, &stage.ring_indices);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, stage.ring_indices);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, static_cast<GLsizeiptr>(indices.size() * sizeof(std::uint16_t)),
               indices.data(), GL_STATIC_DRAW);
  glBindVertexArray(0);
}

void make_contact_target(Stage& stage) {
  glGenTextures(1, &stage.contact_texture);
  glBindTexture(GL_TEXTURE_2D, stage.contact_texture);
  glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, kContactSize * kTilesWide, kContactSize * kTilesHigh);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glGenFramebuffers(1, &stage.contact_target);
  glBindFramebuffer(GL_FRAMEBUFFER, stage.contact_target);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, stage.contact_texture, 0);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void make_trail_buffer(Stage& stage) {
  glGenVertexArrays(1, &stage.trail_array);
  glBindVertexArray(stage.trail_array);
  glGenBuffers(1, &stage.trail_vertices);
  glBindBuffer(GL_ARRAY_BUFFER, stage.trail_vertices);
  glEnableVertexAttribArray(0);
  glEnableVertexAttribArray(1);
  glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, kTrailFloats * sizeof(float), nullptr);
  glVertexAttribPointer(1, 4, GL_FLOAT, GL_FALSE, kTrailFloats * sizeof(float),
                        reinterpret_cast<const void*>(3 * sizeof(float)));
  glBindVertexArray(0);
}

void make_bodies_buffer(Stage& stage) {
  glGenBuffers(1, &stage.bodies);
  glBindBuffer(GL_UNIFORM_BUFFER, stage.bodies);
  glBufferData(GL_UNIFORM_BUFFER, sizeof(BodiesBlock), nullptr, GL_STREAM_DRAW);
  glBindBufferBase(GL_UNIFORM_BUFFER, 0, stage.bodies);
  for (GLuint program : {stage.body, stage.contact})
    glUniformBlockBinding(program, glGetUniformBlockIndex(program, "Bodies"), 0);
  glUseProgram(stage.body);  // what never changes
  glUniform1iv(uniform(stage.body, "u_touching"), kCapsules, body_neighbours().data());
  glUniform1iv(uniform(stage.body, "u_colour"), kCapsules, body_colours().data());
}

GLsizei dancers(const StageInput& input) {
  return static_cast<GLsizei>(std::min(input.bodies.size(), kMostBodies));
}

void upload_bodies(const Stage& stage, const StageInput& input) {
  static BodiesBlock block;
  for (std::size_t d = 0; d < static_cast<std::size_t>(dancers(input)); ++d) {
    for (std::size_t i = 0; i < kCapsules; ++i) {
      block.a[d * kCapsules + i] = input.bodies[d][i].a;
      block.b[d * kCapsules + i] = input.bodies[d][i].b;
      block.wide[d * kCapsules + i] = input.bodies[d][i].wide;
    }
  }
  glBindBuffer(GL_UNIFORM_BUFFER, stage.bodies);
  glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof block, &block);
}

void set_patches(GLuint program, const StageInput& input) {
  std::array<float, 3 * kMostBodies> patches{};
  const auto count = static_cast<std::size_t>(dancers(input));
  for (std::size_t d = 0; d < count; ++d) {
    patches[3 * d] = input.dancers[d].x();
    patches[3 * d + 1] = input.dancers[d].z();
    patches[3 * d + 2] = kPatchHalf;
  }
  glUniform3fv(uniform(program, "u_patches"), dancers(input), patches.data());
}

void draw_contact(const Stage& stage, const StageInput& input) {
  glBindFramebuffer(GL_FRAMEBUFFER, stage.contact_target);
  glViewport(0, 0, kContactSize * kTilesWide, kContactSize * kTilesHigh);
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_BLEND);
  glUseProgram(stage.contact);
  set_patches(stage.contact, input);
  glBindVertexArray(stage.empty_array);
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, dancers(input));
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glViewport(0, 0, input.width, input.height);
}

void draw_background(const Stage& stage, const Camera& camera, const StageInput& input) {
  const Eigen::Matrix4f vp = camera.projection * camera.view;
  const Eigen::Vector4f chest = vp * Eigen::Vector4f(input.middle.x(), 1.1f, input.middle.z(), 1.f);
  // The horizon is where a ray along the floor goes to infinity.
  Eigen::Vector3f ahead = camera.now_target - camera.eye;
  ahead.y() = 0;
  const Eigen::Vector4f far = vp * Eigen::Vector4f(ahead.x(), ahead.y(), ahead.z(), 0.f);
  glUseProgram(stage.background);
  glUniform1f(uniform(stage.background, "u_aspect"),
              static_cast<float>(input.width) / static_cast<float>(input.height));
  glUniform1f(uniform(stage.background, "u_horizon"), far.w() > 1e-4f ? far.y() / far.w() : 1.f);
  glUniform2f(uniform(stage.background, "u_dancer"), chest.x() / chest.w(), chest.y() / chest.w());
  glBindVertexArray(stage.empty_array);
  glDrawArrays(GL_TRIANGLES, 0, 3);
}

void draw_body(const Stage& stage, const Camera& camera, const StageInput& input, float side) {
  const Eigen::Matrix4f vp = camera.projection * camera.view;
  glUseProgram(stage.body);
  glUniformMatrix4fv(uniform(stage.body, "u_view_projection"), 1, GL_FALSE, vp.data());
  glUniform3fv(uniform(stage.body, "u_eye"), 1, camera.eye.data());
  glUniform1f(uniform(stage.body, "u_side"), side);
  glBindVertexArray(stage.ring_array);
  glDrawElementsInstanced(GL_TRIANGLES, stage.ring_count, GL_UNSIGNED_SHORT, nullptr,
                          static_cast<GLsizei>(kCapsules) * dancers(input));
}

void draw_floor(const Stage& stage, const Camera& camera, const StageInput& input) {
  const Eigen::Matrix4f vp = camera.projection * camera.view;
  glUseProgram(stage.floor);
  glUniformMatrix4fv(uniform(stage.floor, "u_view_projection"), 1, GL_FALSE, vp.data());
  glUniform3fv(uniform(stage.floor, "u_centre"), 1, input.middle.data());
  glUniform3fv(uniform(stage.floor, "u_eye"), 1, camera.eye.data());
  set_patches(stage.floor, input);
  glUniform1i(uniform(stage.floor, "u_dancers"), dancers(input));
  glUniform1f(uniform(stage.floor, "u_reach"), input.reach);
  glUniform1f(uniform(stage.floor, "u_beat"), input.beat);
  glUniform1f(uniform(stage.floor, "u_reflect"), 1.f);
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, stage.contact_texture);
  glUniform1i(uniform(stage.floor, "u_contact"), 0);
  glBindVertexArray(stage.empty_array);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

// A camera-facing ribbon per trail, additive, thinner and dimmer with age; all in one strip, joined by
// triangles without area.
void draw_trails(const Stage& stage, const Camera& camera, const std::vector<Trail>& trails) {
  const Eigen::Matrix4f vp = camera.projection * camera.view;
  std::vector<float> vertices;
  for (const Trail& trail : trails) {
    const std::size_t n = trail.points.size();
    const std::size_t begin = vertices.size();
    for (std::size_t i = 0; i < n; ++i) {
      const TrailPoint& point = trail.points[i];
      const Eigen::Vector3f along =
          trail.points[i == 0 ? 0 : i - 1].position - trail.points[std::min(i + 1, n - 1)].position;
      Eigen::Vector3f side = along.cross(camera.eye - point.position);
      const float length = side.norm();
      if (length < 1e-6f) continue;
      const float left = 1.f - point.age;
      side *= 0.020f * (0.25f + 0.75f * left) / length;
      const Eigen::Vector3f colour =
          trail.colour * (0.55f * left * left * std::min(1.f, static_cast<float>(i) * 0.25f));
      for (float s : {-1.f, 1.f}) {
        const Eigen::Vector3f p = point.position + side * s;
        const std::array<float, kTrailFloats> vertex = {p.x(),      p.y(),      p.z(), colour.x(),
                                                        colour.y(), colour.z(), 0.f};
        if (vertices.size() == begin && begin > 0) {
          std::array<float, kTrailFloats> last{};
          std::copy(vertices.end() - kTrailFloats, vertices.end(), last.begin());
          vertices.insert(vertices.end(), last.begin(), last.end());
          vertices.insert(vertices.end(), vertex.begin(), vertex.end());
        }
        vertices.insert(vertices.end(), vertex.begin(), vertex.end());
      }
    }
  }
  if (vertices.size() < 4 * kTrailFloats) return;
  glUseProgram(stage.trail);
  glUniformMatrix4fv(uniform(stage.trail, "u_view_projection"), 1, GL_FALSE, vp.data());
  glBindVertexArray(stage.trail_array);
  glBindBuffer(GL_ARRAY_BUFFER, stage.trail_vertices);
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(vertices.size() * sizeof(float)), vertices.data(),
               GL_STREAM_DRAW);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, static_cast<GLsizei>(vertices.size() / kTrailFloats));
}

}  // namespace

bool start(Stage& stage) {
  using namespace shaders;
  stage.background = make_program({common, background_vert}, {common, background_frag});
  stage.body = make_program({common, capsules, body_vert}, {common, body_frag});
  stage.contact = make_program({common, capsules, contact_vert}, {common, capsules, contact_frag});
  stage.floor = make_program({common, floor_vert}, {common, floor_frag});
  stage.trail = make_program({common, trail_vert}, {common, trail_frag});
  if (stage.background == 0 || stage.body == 0 || stage.contact == 0 || stage.floor == 0 || stage.trail == 0)
    return false;
  glGenVertexArrays(1, &stage.empty_array);
  make_ring_mesh(stage);
  make_contact_target(stage);
  make_trail_buffer(stage);
  make_bodies_buffer(stage);
  return true;
}

void draw(const Stage& stage, const Camera& camera, const StageInput& input) {
  upload_bodies(stage, input);
  draw_contact(stage, input);
  glClearColor(0.f, 0.f, 0.f, 1.f);
  glDepthMask(GL_TRUE);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glDisable(GL_CULL_FACE);
  glDisable(GL_SCISSOR_TEST);
  draw_background(stage, camera, input);

  glEnable(GL_DEPTH_TEST);
  glDepthFunc(GL_LEQUAL);
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
  draw_body(stage, camera, input, -1.f);
  glClear(GL_DEPTH_BUFFER_BIT);
  draw_floor(stage, camera, input);
  glDisable(GL_BLEND);
  draw_body(stage, camera, input, 1.f);

  if (!input.trails.empty()) {
    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_ONE, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
    glDepthMask(GL_FALSE);
    draw_trails(stage, camera, input.trails);
    glDepthMask(GL_TRUE);
    glDisable(GL_BLEND);
  }
  glDisable(GL_DEPTH_TEST);
  glBindVertexArray(0);
}

}  // namespace terpsi::view
