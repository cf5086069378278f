#pragma once
// What the functions of view_api.h work on.

#include <array>
#include <memory>
#include <vector>

#include "app.h"
#include "panel_renderer.h"

namespace terpsi::view {

// A finger or button held down on the stage (not on a panel).
struct Held {
  int id = -1;
  float x = 0, y = 0;
  int button = 0;
};

struct Session {
  App app;
  std::array<std::vector<float>, 8> buffers;  // by ViewBuffer
  std::array<Held, 2> held;
  int panel_pointer = -1;  // the pointer that went down on a panel
  double last_now = -1;
  int settle = 3;  // frames that Dear ImGui needs to settle after input
  PanelRenderer panels;
  float font_scale = 0;
  std::vector<float> joints;
  int dancers = 0;  // drawn
  double cost = 0;  // ms
  std::array<float, 3> section_place{};
  double drawn_time = 0;
};

// There from view_start on.
extern std::unique_ptr<Session> session;

}  // namespace terpsi::view
