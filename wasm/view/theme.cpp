#include "theme.h"

#include <algorithm>
#include <cmath>

#include "generated/font.h"

namespace terpsi::view {
namespace {

ImFont* strong = nullptr;

constexpr float kTextSize = 15.f;  // CSS pixels

ImVec4 rgba(ImU32 c) {
  return ImGui::ColorConvertU32ToFloat4(c);
}

void add_fonts(float scale) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = scale < 1.5f ? 2 : 1;
  config.OversampleV = 1;
  static const ImWchar ranges[] = {0x20, 0x7e,   0xb0,   0xb0,   0xb7,   0xb7, 0xd7,
                                   0xd7, 0x2013, 0x2014, 0x2026, 0x2026, 0};
  const float pixels = std::round(kTextSize * scale);
  // The atlas never writes to the font data it does not own.
  io.Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(font::medium), sizeof(font::medium), pixels,
                                 &config, ranges);
  strong = io.Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(font::semibold), sizeof(font::semibold),
                                          pixels, &config, ranges);
  io.FontGlobalScale = kTextSize / pixels;
}

}  // namespace

ImFont* strong_font() {
  return strong;
}

void apply_theme(float scale) {
  add_fonts(scale);
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowPadding = {16, 14};
  style.FramePadding = {10, 7};
  style.ItemSpacing = {10, 9};
  style.ItemInnerSpacing = {8, 6};
  style.WindowRounding = kRadius;
  style.ChildRounding = kRadius;
  style.FrameRounding = kRound;
  style.PopupRounding = 10;
  style.GrabRounding = 7;
  style.ScrollbarRounding = 6;
  style.ScrollbarSize = 8;
  style.GrabMinSize = 14;
  style.WindowBorderSize = 1;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.AntiAliasedLinesUseTex = true;

  ImVec4* c = style.Colors;
  c[ImGuiCol_Text] = rgba(colour::kText);
  c[ImGuiCol_TextDisabled] = rgba(colour::kDim);
  c[ImGuiCol_WindowBg] = rgba(colour::kCard);
  c[ImGuiCol_PopupBg] = rgba(IM_COL32(29, 32, 42, 250));
  c[ImGuiCol_Border] = rgba(colour::kEdge);
  c[ImGuiCol_FrameBg] = rgba(colour::kField);
  c[ImGuiCol_FrameBgHovered] = rgba(colour::kFieldHover);
  c[ImGuiCol_FrameBgActive] = rgba(colour::kFieldActive);
  c[ImGuiCol_Button] = rgba(colour::kField);
  c[ImGuiCol_ButtonHovered] = rgba(colour::kFieldHover);
  c[ImGuiCol_ButtonActive] = rgba(colour::kFieldActive);
  c[ImGuiCol_Header] = rgba(colour::kAccentSoft);
  c[ImGuiCol_HeaderHovered] = rgba(colour::kFieldHover);
  c[ImGuiCol_HeaderActive] = rgba(colour::kFieldActive);
  c[ImGuiCol_SliderGrab] = rgba(colour::kAccent);
  c[ImGuiCol_SliderGrabActive] = rgba(IM_COL32(255, 164, 134, 255));
  c[ImGuiCol_CheckMark] = rgba(colour::kAccent);
  c[ImGuiCol_Separator] = rgba(colour::kEdge);
  c[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
  c[ImGuiCol_ScrollbarGrab] = rgba(colour::kFieldActive);
}

void draw_icon(ImDrawList* list, Icon icon, ImVec2 centre, float r, ImU32 colour) {
  const float x = centre.x;
  const float y = centre.y;
  const float line = std::max(1.4f, r * 0.2f);
  switch (icon) {
    case Icon::play:
      list->PathLineTo({x - r * 0.62f, y - r * 0.86f});
      list->PathLineTo({x + r * 0.92f, y});
      list->PathLineTo({x - r * 0.62f, y + r * 0.86f});
      list->PathFillConvex(colour);
      break;
    case Icon::pause:
      list->AddRectFilled({x - r * 0.72f, y - r * 0.82f}, {x - r * 0.20f, y + r * 0.82f}, colour, 1.5f);
      list->AddRectFilled({x + r * 0.20f, y - r * 0.82f}, {x + r * 0.72f, y + r * 0.82f}, colour, 1.5f);
      break;
    case Icon::stop:
      list->AddRectFilled({x - r * 0.7f, y - r * 0.7f}, {x + r * 0.7f, y + r * 0.7f}, colour, 2.f);
      break;
    case Icon::loop:
      list->PathArcTo(centre, r * 0.82f, -0.9f, 2.2f, 16);
      list->PathStroke(colour, 0, line);
      list->PathArcTo(centre, r * 0.82f, 2.9f, 4.8f, 12);
      list->PathStroke(colour, 0, line);
      list->AddTriangleFilled({x + r * 0.0f, y - r * 1.22f}, {x + r * 0.62f, y - r * 0.80f},
                              {x + r * 0.0f, y - r * 0.38f}, colour);
      break;
    case Icon::mirror:
      list->AddTriangle({x - r * 0.25f, y - r * 0.75f}, {x - r * 0.25f, y + r * 0.75f},
                        {x - r, y + r * 0.75f}, colour, line);
      list->AddTriangleFilled({x + r * 0.25f, y - r * 0.75f}, {x + r * 0.25f, y + r * 0.75f},
                              {x + r, y + r * 0.75f}, colour);
      break;
    case Icon::trails:
      list->AddBezierQuadratic({x - r, y + r * 0.5f}, {x - r * 0.1f, y - r * 0.9f},
                               {x + r * 0.55f, y + r * 0.1f}, colour, line);
      list->AddBezierQuadratic({x - r, y + r * 0.9f}, {x, y}, {x + r * 0.5f, y + r * 0.55f}, colour,
                               line * 0.7f);
      list->AddCircleFilled({x + r * 0.68f, y + r * 0.3f}, r * 0.28f, colour, 14);
      break;
    case Icon::click:  // a metronome
      list->AddTriangle({x - r * 0.72f, y + r * 0.85f}, {x + r * 0.72f, y + r * 0.85f}, {x, y - r * 0.95f},
                        colour, line);
      list->AddLine({x, y + r * 0.5f}, {x + r * 0.62f, y - r * 0.55f}, colour, line);
      break;
    case Icon::dice:
      list->AddRect({x - r * 0.85f, y - r * 0.85f}, {x + r * 0.85f, y + r * 0.85f}, colour, r * 0.32f, 0,
                    line);
      for (float k : {-0.38f, 0.f, 0.38f})
        list->AddCircleFilled({x + r * k, y + r * k}, r * 0.16f, colour, 10);
      break;
    case Icon::plus:
      list->AddLine({x, y - r * 0.7f}, {x, y + r * 0.7f}, colour, line);
      [[fallthrough]];
    case Icon::minus:
      list->AddLine({x - r * 0.7f, y}, {x + r * 0.7f, y}, colour, line);
      break;
    case Icon::sliders:
      for (int i = 0; i < 3; ++i) {
        const float row = y + r * 0.62f * static_cast<float>(i - 1);
        const float knob = x + r * (i == 1 ? 0.4f : -0.35f);
        list->AddLine({x - r * 0.9f, row}, {x + r * 0.9f, row}, colour, line * 0.8f);
        list->AddCircleFilled({knob, row}, r * 0.24f, colour, 12);
      }
      break;
  }
}

bool icon_button(const char* hint, Icon icon, float size, bool on, bool primary) {
  const bool pressed = ImGui::InvisibleButton(hint, {size, size});
  const ImVec2 a = ImGui::GetItemRectMin();
  const ImVec2 b = ImGui::GetItemRectMax();
  const ImVec2 centre{(a.x + b.x) / 2, (a.y + b.y) / 2};
  const bool hovered = ImGui::IsItemHovered();
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImU32 fill = ImGui::IsItemActive() ? colour::kFieldActive : hovered ? colour::kFieldHover : 0;
  ImU32 ink = on ? colour::kAccent : hovered ? colour::kText : IM_COL32(196, 200, 212, 255);
  if (on) fill = colour::kAccentSoft;
  if (primary) {
    fill = hovered ? IM_COL32(255, 158, 126, 255) : colour::kAccent;
    ink = IM_COL32(28, 16, 12, 255);
  }
  if (fill != 0) list->AddRectFilled(a, b, fill, primary ? size / 2 : kRound);
  draw_icon(list, icon, {centre.x + (icon == Icon::play ? size * 0.02f : 0.f), centre.y}, size * 0.22f, ink);
  if (hovered && ImGui::GetIO().MouseSource == ImGuiMouseSource_Mouse) ImGui::SetTooltip("%s", hint);
  return pressed;
}

}  // namespace terpsi::view
