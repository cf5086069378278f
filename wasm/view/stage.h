#pragma once
// Draws the dancers on the floor. WebGL2; every pass is described in shaders/.

#include <vector>

#include "body.h"
#include "camera.h"
#include "gl.h"

namespace terpsi::view {

// One point of a ribbon behind a hand or foot.
struct TrailPoint {
  Eigen::Vector3f position;
  float age;  // 0 (now) to 1 (about to vanish)
};

struct Trail {
  std::vector<TrailPoint> points;  // newest first
  Eigen::Vector3f colour;          // linear light
};

struct StageInput {
  std::vector<Body> bodies;              // the lead first, at most limits::kMaxDancers
  std::vector<Eigen::Vector3f> dancers;  // their pelvises, metres
  Eigen::Vector3f middle{0, 0, 0};       // of the pelvises
  float reach = 1;                       // how much wider than for one dancer the lit place is, 1 or more
  std::vector<Trail> trails;
  float beat = 0;             // 1 on a beat, falling to 0
  int width = 1, height = 1;  // framebuffer pixels
};

struct Stage {
  GLuint background = 0, body = 0, contact = 0, floor = 0, trail = 0;
  GLuint empty_array = 0, ring_array = 0, trail_array = 0;
  GLuint ring_vertices = 0, ring_indices = 0, trail_vertices = 0;
  GLuint contact_texture = 0, contact_target = 0;
  GLuint bodies = 0;  // uniform buffer
  int ring_count = 0;
};

// False when a shader does not compile (no WebGL2 worth the name).
bool start(Stage& stage);
void draw(const Stage& stage, const Camera& camera, const StageInput& input);

}  // namespace terpsi::view
