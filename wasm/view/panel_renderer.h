#pragma once
// Draws Dear ImGui's triangles with WebGL2. Unlike the backend that comes with Dear ImGui it never reads GL
// state back: in a browser each such read waits until the graphics process has drawn everything before it.

#include <imgui.h>

#include "gl.h"

namespace terpsi::view {

struct PanelRenderer {
  GLuint program = 0, array = 0, vertices = 0, indices = 0, atlas = 0;
};

// False when the shaders do not compile. Needs a Dear ImGui context.
bool start(PanelRenderer& renderer);

// Uploads the font atlas; again after the fonts changed.
void upload_fonts(PanelRenderer& renderer);

// Leaves blending, depth test and scissor test off.
void draw(const PanelRenderer& renderer, const ImDrawData& data);

}  // namespace terpsi::view
