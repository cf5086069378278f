#include "panel_renderer.h"

#include <cstddef>
#include <cstdint>

#include "generated/shaders.h"

namespace terpsi::view {
namespace {

const void* byte_offset(std::size_t bytes) {
  return reinterpret_cast<const void*>(bytes);
}

void set_state(const PanelRenderer& renderer, const ImDrawData& data) {
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_CULL_FACE);
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glEnable(GL_SCISSOR_TEST);
  glUseProgram(renderer.program);
  glUniform2f(uniform(renderer.program, "u_size"), data.DisplaySize.x, data.DisplaySize.y);
  glUniform1i(uniform(renderer.program, "u_atlas"), 0);
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, renderer.atlas);
  glBindVertexArray(renderer.array);
  glBindBuffer(GL_ARRAY_BUFFER, renderer.vertices);
}

void draw_list(const ImDrawList& list, float scale, float height) {
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(list.VtxBuffer.size_in_bytes()), list.VtxBuffer.Data,
               GL_STREAM_DRAW);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, static_cast<GLsizeiptr>(list.IdxBuffer.size_in_bytes()),
               list.IdxBuffer.Data, GL_STREAM_DRAW);
  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback != nullptr) continue;  // we use none
    const float x0 = command.ClipRect.x * scale;
    const float y0 = command.ClipRect.y * scale;
    const float x1 = command.ClipRect.z * scale;
    const float y1 = command.ClipRect.w * scale;
    if (x1 <= x0 || y1 <= y0) continue;
    glScissor(static_cast<GLint>(x0), static_cast<GLint>(height - y1), static_cast<GLsizei>(x1 - x0),
              static_cast<GLsizei>(y1 - y0));
    glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(command.ElemCount), GL_UNSIGNED_SHORT,
                   byte_offset(command.IdxOffset * sizeof(ImDrawIdx)));
  }
}

}  // namespace

bool start(PanelRenderer& renderer) {
  static_assert(sizeof(ImDrawIdx) == sizeof(std::uint16_t));
  renderer.program =
      make_program({shaders::common, shaders::panel_vert}, {shaders::common, shaders::panel_frag});
  if (renderer.program == 0) return false;
  glGenVertexArrays(1, &renderer.array);
  glGenBuffers(1, &renderer.vertices);
  glGenBuffers(1, &renderer.indices);
  glGenTextures(1, &renderer.atlas);
  glBindVertexArray(renderer.array);
  glBindBuffer(GL_ARRAY_BUFFER, renderer.vertices);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, renderer.indices);
  for (GLuint i = 0; i < 3; ++i) glEnableVertexAttribArray(i);
  const auto stride = static_cast<GLsizei>(sizeof(ImDrawVert));
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, stride, byte_offset(offsetof(ImDrawVert, pos)));
  glVertexAttribPointer(1, 2, GL_FLOAT, GL_FALSE, stride, byte_offset(offsetof(ImDrawVert, uv)));
  glVertexAttribPointer(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, stride, byte_offset(offsetof(ImDrawVert, col)));
  glBindVertexArray(0);
  return true;
}

void upload_fonts(PanelRenderer& renderer) {
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  glBindTexture(GL_TEXTURE_2D, renderer.atlas);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, width, height, 0, GL_RED, GL_UNSIGNED_BYTE, pixels);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  ImGui::GetIO().Fonts->SetTexID(reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(renderer.atlas)));
}

void draw(const PanelRenderer& renderer, const ImDrawData& data) {
  const float scale = data.FramebufferScale.x;
  const float height = data.DisplaySize.y * data.FramebufferScale.y;
  set_state(renderer, data);
  for (int i = 0; i < data.CmdListsCount; ++i) draw_list(*data.CmdLists[i], scale, height);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glBindVertexArray(0);
}

}  // namespace terpsi::view
