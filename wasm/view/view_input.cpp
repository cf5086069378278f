// Of view_api.h: pointers, wheel, keys, camera and commands.

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "view_api.h"
#include "view_session.h"

namespace terpsi::view {
namespace {

bool on_panel(const App& app, float x, float y) {
  return std::any_of(app.covered.begin(), app.covered.end(), [&](const Rect& r) { return r.has(x, y); });
}

void move_stage_pointer(Session& s, Held& held, float x, float y) {
  Camera& camera = s.app.camera;
  Held& other = &held == &s.held[0] ? s.held[1] : s.held[0];
  const float dx = x - held.x;
  const float dy = y - held.y;
  if (other.id >= 0) {  // two fingers: pinch and pan
    const float before = std::hypot(held.x - other.x, held.y - other.y);
    const float after = std::hypot(x - other.x, y - other.y);
    if (before > 4 && after > 4) zoom(camera, after / before);
    pan(camera, dx / 2, dy / 2);
  } else if (held.button == 0) {
    orbit(camera, dx, dy);
  } else {
    pan(camera, dx, dy);
  }
  held.x = x;
  held.y = y;
}

}  // namespace
}  // namespace terpsi::view

using namespace terpsi::view;

extern "C" {

TERPSI_EXPORT void view_pointer(int event, int id, float x, float y, int button, int touch) {
  Session& s = *session;
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  s.settle = 4;
  const auto held = std::find_if(s.held.begin(), s.held.end(), [&](const Held& h) { return h.id == id; });
  if (event == kDown) {
    if (on_panel(s.app, x, y)) {
      if (s.panel_pointer >= 0) return;
      s.panel_pointer = id;
      io.AddMousePosEvent(x, y);
      io.AddMouseButtonEvent(0, true);
      return;
    }
    const auto slot = std::find_if(s.held.begin(), s.held.end(), [](const Held& h) { return h.id < 0; });
    if (slot != s.held.end()) *slot = {id, x, y, button};
    return;
  }
  if (event == kMove) {
    if (held != s.held.end()) {
      move_stage_pointer(s, *held, x, y);
    } else if (s.panel_pointer < 0 || s.panel_pointer == id) {
      io.AddMousePosEvent(x, y);
    }
    return;
  }
  if (held != s.held.end()) *held = {};
  if (s.panel_pointer == id) {
    s.panel_pointer = -1;
    io.AddMouseButtonEvent(0, false);
    if (touch != 0) io.AddMousePosEvent(-3e38f, -3e38f);
  }
  if (event == kLeave) io.AddMousePosEvent(-3e38f, -3e38f);
}

TERPSI_EXPORT void view_wheel(float x, float y, float dy) {
  session->settle = 3;
  if (on_panel(session->app, x, y)) {
    ImGui::GetIO().AddMouseWheelEvent(0, -dy / 100.f);
  } else {
    zoom(session->app.camera, std::exp(-dy * 0.0012f));
  }
}

TERPSI_EXPORT void view_shift(int down) {
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, down != 0);
}

TERPSI_EXPORT void view_home() {
  go_home(session->app.camera);
  session->settle = 3;
}

TERPSI_EXPORT void view_camera(float dx, float dy, float factor) {
  orbit(session->app.camera, dx, dy);
  zoom(session->app.camera, factor);
  session->settle = 3;
}

TERPSI_EXPORT int view_poll(double* values) {
  auto& requests = session->app.requests;
  if (requests.empty()) return 0;
  const Request next = requests.front();
  requests.pop_front();
  values[0] = next.value;
  values[1] = next.where;
  return static_cast<int>(next.command);
}
}
