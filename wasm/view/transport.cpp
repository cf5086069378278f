// The card below: play, stop, loop, time, speed, mirror, trails, and the timeline.

#include <array>
#include <cmath>
#include <cstdio>

#include "layout.h"
#include "theme.h"
#include "timeline.h"

namespace terpsi::view {
namespace {

constexpr float kButton = 40.f;  // CSS pixels
constexpr std::array<double, 5> kSpeeds = {0.5, 0.75, 0.9, 1, 1.25};

void time_text(const App& app) {
  const auto part = [](double t, char* out, std::size_t n) {
    const int tenths = static_cast<int>(std::floor(t * 10));
    std::snprintf(out, n, "%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
  };
  char now[24];
  char whole[24];
  part(app.time, now, sizeof now);
  const int seconds = static_cast<int>(std::lround(duration(app)));
  std::snprintf(whole, sizeof whole, "/ %d:%02d", seconds / 60, seconds % 60);
  const ImVec2 p = ImGui::GetCursorScreenPos();
  const float y = p.y + (kButton - ImGui::GetTextLineHeight()) / 2;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddText(strong_font(), ImGui::GetFontSize(), {p.x, y}, colour::kText, now);
  const bool room = app.width > 470.f;
  if (room) list->AddText({p.x + 58.f, y}, colour::kDim, whole);
  ImGui::Dummy({room ? 110.f : 50.f, kButton});
}

void speed_choice(App& app) {
  char text[16];
  std::snprintf(text, sizeof text, "%g\xC3\x97", app.value(kSpeed));
  ImGui::SetNextItemWidth(78);
  if (ImGui::BeginCombo("##speed", text, ImGuiComboFlags_NoArrowButton)) {
    for (const double speed : kSpeeds) {
      std::snprintf(text, sizeof text, "%g\xC3\x97", speed);
      if (ImGui::Selectable(text, speed == app.value(kSpeed))) {
        app.set(kSpeed, speed);
        ask(app, Command::speed, speed);
      }
    }
    ImGui::EndCombo();
  }
  if (ImGui::IsItemHovered() && ImGui::GetIO().MouseSource == ImGuiMouseSource_Mouse)
    ImGui::SetTooltip("Speed");
}

void toggle(App& app, const char* hint, Icon icon, Setting setting, Command command) {
  if (icon_button(hint, icon, kButton, app.on(setting))) ask(app, command, app.on(setting) ? 0 : 1);
}

void buttons(App& app) {
  const float size = kButton;
  if (icon_button(app.on(kPlaying) ? "Pause (space)" : "Play (space)",
                  app.on(kPlaying) ? Icon::pause : Icon::play, size, false, true)) {
    ask(app, Command::play);
  }
  ImGui::SameLine(0, 8);
  if (app.width >= 430) {  // on a phone a press on the timeline does the same
    if (icon_button("Stop", Icon::stop, size)) ask(app, Command::stop);
    ImGui::SameLine(0, 2);
  }
  toggle(app, "Loop (L)", Icon::loop, kLoop, Command::loop);
  ImGui::SameLine(0, 12);
  time_text(app);

  const bool sheet = narrow(app);
  const float right = 78.f + 3 * (size + 2) + 10.f + (sheet ? size + 2 : 0);
  ImGui::SameLine(ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x - right);
  if (!sheet || app.width > 520) {
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + 4);
    speed_choice(app);
    ImGui::SameLine(0, 10);
  } else {
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 88.f);
  }
  ImGui::SetCursorPosY(ImGui::GetStyle().WindowPadding.y);
  toggle(app, "Click on the beats (C)", Icon::click, kClick, Command::click);
  ImGui::SameLine(0, 2);
  toggle(app, "Mirror (M)", Icon::mirror, kMirror, Command::mirror);
  ImGui::SameLine(0, 2);
  toggle(app, "Trails (T)", Icon::trails, kTrails, Command::trails);
  if (sheet) {
    ImGui::SameLine(0, 2);
    if (icon_button("Settings", Icon::sliders, size, app.on(kPanelOpen)))
      app.set(kPanelOpen, !app.on(kPanelOpen));
  }
}

}  // namespace

void draw_transport(App& app) {
  const Rect area = transport_area(app);
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::Begin("transport", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav);
  buttons(app);
  ImGui::SetCursorPosY(ImGui::GetStyle().WindowPadding.y + 50.f);
  draw_timeline(app, ImGui::GetContentRegionAvail().x, area.h - 50.f - 2 * ImGui::GetStyle().WindowPadding.y);
  app.covered.push_back(area);
  ImGui::End();
}

}  // namespace terpsi::view
