// Of view_api.h: drawing, and what was drawn.

#include <emscripten/html5.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "layout.h"
#include "theme.h"
#include "timeline.h"
#include "view_api.h"
#include "view_session.h"

namespace terpsi::view {
namespace {

void rebuild_fonts(Session& s) {
  if (s.font_scale == s.app.scale) return;
  apply_theme(s.app.scale);
  upload_fonts(s.panels);
  s.font_scale = s.app.scale;
}

float beat_pulse(const App& app) {
  if (!app.on(kPlaying) || app.on(kReducedMotion)) return 0;
  const auto& beats = app.music.beats;
  const auto next = std::upper_bound(beats.begin(), beats.end(), app.time);
  if (next == beats.begin()) return 0;
  return static_cast<float>(std::exp(-(app.time - *(next - 1)) * 6.0));
}

std::vector<Trail> make_trails(const App& app) {
  const int points = app.others.size() > 2 ? 14 : 26;
  constexpr double kSeconds = 0.55;
  std::vector<Trail> trails;
  if (app.clip.frames.empty() || !app.on(kTrails) || app.on(kReducedMotion)) return trails;
  const Eigen::Vector3f left{0.10f, 0.62f, 0.58f};
  const Eigen::Vector3f right{1.0f, 0.32f, 0.16f};
  const std::array<std::pair<motion::Joint, Eigen::Vector3f>, 4> ends = {{{motion::kLHand, left},
                                                                          {motion::kRHand, right},
                                                                          {motion::kLFoot, left * 0.45f},
                                                                          {motion::kRFoot, right * 0.45f}}};
  for (std::size_t d = 0; d <= app.others.size(); ++d) {
    const motion::Clip& clip = d == 0 ? app.clip : app.others[d - 1];
    const std::size_t first = trails.size();
    trails.resize(first + ends.size());
    for (int i = 0; i < points; ++i) {
      const float age = static_cast<float>(i) / static_cast<float>(points - 1);
      const double t = app.time - kSeconds * static_cast<double>(age);
      if (t < 0) break;
      const motion::Pose pose = sample(clip, t);
      for (std::size_t k = 0; k < ends.size(); ++k) {
        trails[first + k].colour = ends[k].second;
        trails[first + k].points.push_back({pose.positions[static_cast<std::size_t>(ends[k].first)], age});
      }
    }
  }
  return trails;
}

// Keeps the dancers in the middle of the part of the window that no panel covers.
bool aim(Session& s, const Eigen::Vector3f& middle, double seconds) {
  App& app = s.app;
  const Rect free = free_area(app);
  float x = free.x + free.w / 2;
  float y = free.y + free.h / 2;
  Framing framing;
  framing.aspect = app.width / app.height;
  framing.width = free.w / app.width;
  framing.height = free.h / app.height;
  if (!app.on(kHasSong)) {  // the page's welcome stands at the left of wide windows, below on narrow ones
    x = narrow(app) ? app.width / 2 : app.width * 0.72f;
    y = narrow(app) ? app.height * 0.30f : app.height * 0.52f;
    framing.height = narrow(app) ? 0.5f : 0.92f;
  }
  framing.shift_x = (x - app.width / 2) / (app.width / 2);
  framing.shift_y = (app.height / 2 - y) / (app.height / 2);
  return update(app.camera, middle, app.others.empty() ? 0.f : app.spread,
                app.on(kReducedMotion) ? 0.f : static_cast<float>(seconds), framing);
}

void draw_panels(Session& s, double seconds) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {s.app.width, s.app.height};
  io.DisplayFramebufferScale = {s.app.scale, s.app.scale};
  io.DeltaTime = static_cast<float>(std::clamp(seconds, 1e-4, 0.25));
  ImGui::NewFrame();
  s.app.covered.clear();
  if (s.app.on(kHasSong) && !s.app.on(kBare)) {
    draw_transport(s.app);
    draw_settings(s.app);
  }
  if (ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel)) {
    s.app.covered.push_back({0, 0, s.app.width, s.app.height});  // a list is open: every press belongs to it
  }
  ImGui::Render();
  draw(s.panels, *ImGui::GetDrawData());
}

}  // namespace
}  // namespace terpsi::view

using namespace terpsi::view;
namespace motion = terpsi::motion;

extern "C" {

TERPSI_EXPORT int view_frame(double time, double now) {
  const double began = emscripten_get_now();
  Session& s = *session;
  App& app = s.app;
  const double seconds = s.last_now < 0 ? 0.0 : std::clamp(now - s.last_now, 1e-4, 0.25);
  s.last_now = now;
  app.time = time;
  rebuild_fonts(s);

  const bool idle = app.clip.frames.empty();
  const auto calm = static_cast<float>(app.value(kCalm));
  const double breath = app.on(kReducedMotion) ? 0.0 : now;
  std::vector<motion::Pose> poses = {idle ? idle_pose(breath) : calmed(app.clip, time, calm, breath)};
  for (const motion::Clip& other : app.others) poses.push_back(calmed(other, time, calm, breath));

  StageInput input;
  s.joints.clear();
  for (const motion::Pose& pose : poses) {
    for (const motion::Vec3& p : pose.positions) s.joints.insert(s.joints.end(), {p.x(), p.y(), p.z()});
    input.bodies.push_back(make_body(pose));
    input.dancers.push_back(pose.positions[motion::kPelvis]);
    input.middle += pose.positions[motion::kPelvis] / static_cast<float>(poses.size());
  }
  s.dancers = static_cast<int>(poses.size());
  s.drawn_time = time;

  input.reach = app.others.empty() ? 1.f : std::max(1.f, (app.spread + 1.3f) / 2.25f);
  input.trails = make_trails(app);
  input.beat = beat_pulse(app);
  input.width = static_cast<int>(std::lround(app.width * app.scale));
  input.height = static_cast<int>(std::lround(app.height * app.scale));
  const bool easing = aim(s, input.middle, seconds);
  draw(app.stage, app.camera, input);
  draw_panels(s, seconds);

  if (s.settle > 0) --s.settle;
  s.cost = emscripten_get_now() - began;
  return easing || s.settle > 0 || app.on(kPlaying) || ((idle || calm > 0) && !app.on(kReducedMotion)) ? 1
                                                                                                       : 0;
}

TERPSI_EXPORT int view_dancers() {
  return session->dancers;
}

TERPSI_EXPORT const float* view_joints() {
  return session->joints.data();
}

TERPSI_EXPORT double view_drawn_time() {
  return session->drawn_time;
}

TERPSI_EXPORT double view_cost() {
  return session->cost;
}

TERPSI_EXPORT const float* view_section_place(int index) {
  session->section_place = section_place(session->app, index);
  return session->section_place.data();
}
}
