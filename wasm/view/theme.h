#pragma once
// The look of the panels: one palette, one spacing, two fonts.

#include <imgui.h>

namespace terpsi::view {

namespace colour {
inline constexpr ImU32 kAccent = IM_COL32(255, 138, 101, 255);  // play head, the thing to do next
inline constexpr ImU32 kAccentSoft = IM_COL32(255, 138, 101, 60);
inline constexpr ImU32 kLeft = IM_COL32(84, 205, 196, 255);    // the dancer's left
inline constexpr ImU32 kRight = IM_COL32(255, 138, 101, 255);  // the dancer's right
inline constexpr ImU32 kText = IM_COL32(233, 235, 242, 255);
inline constexpr ImU32 kDim = IM_COL32(146, 151, 168, 255);
inline constexpr ImU32 kCard = IM_COL32(21, 23, 31, 226);
inline constexpr ImU32 kEdge = IM_COL32(255, 255, 255, 18);
inline constexpr ImU32 kField = IM_COL32(255, 255, 255, 15);
inline constexpr ImU32 kFieldHover = IM_COL32(255, 255, 255, 28);
inline constexpr ImU32 kFieldActive = IM_COL32(255, 255, 255, 40);
}  // namespace colour

inline constexpr float kRadius = 14.f;  // of cards, CSS pixels
inline constexpr float kRound = 8.f;    // of fields and buttons
inline constexpr float kMargin = 14.f;  // between cards and the window's edge

// Sets colours and spacing and builds the fonts for `scale` device pixels per CSS pixel. May be called again;
// the caller then recreates the font texture.
void apply_theme(float scale);

ImFont* strong_font();

// Vector icons, drawn about the centre with half size r.
enum class Icon { play, pause, stop, loop, mirror, trails, click, dice, minus, plus, sliders };
void draw_icon(ImDrawList* list, Icon icon, ImVec2 centre, float r, ImU32 colour);

// A square button with an icon; `on` draws it lit. `hint` is shown on hover and names the button.
bool icon_button(const char* hint, Icon icon, float size, bool on = false, bool primary = false);

}  // namespace terpsi::view
