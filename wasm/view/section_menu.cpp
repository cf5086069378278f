#include "section_menu.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "layout.h"
#include "theme.h"

namespace terpsi::view {
namespace {

constexpr const char* kMenu = "##section styles";
constexpr float kColumn = 118.f;  // CSS pixels
constexpr float kShort = 480.f;   // CSS pixels; lower windows have more columns

int columns(const App& app) {
  return app.height < kShort && app.width > 560.f ? 4 : 2;
}

// Of the menu's contents.
float list_width(const App& app) {
  return static_cast<float>(columns(app)) * (kColumn + 6) - 6;
}

int label_of(const App& app, int section) {
  return app.music.sections[static_cast<std::size_t>(section)].label;
}

int times(const App& app, int label) {
  return static_cast<int>(std::count_if(app.music.sections.begin(), app.music.sections.end(),
                                        [&](const auto& s) { return s.label == label; }));
}

int choice(const App& app, int section) {
  const auto i = static_cast<std::size_t>(section);
  return i < app.section_styles.size() ? app.section_styles[i] : 0;
}

// "0:32 - 1:04"
std::string span_text(const App& app, int section) {
  const auto& s = app.music.sections[static_cast<std::size_t>(section)];
  const auto part = [](double t) {
    char text[16];
    const int seconds = static_cast<int>(std::lround(t));
    std::snprintf(text, sizeof text, "%d:%02d", seconds / 60, seconds % 60);
    return std::string(text);
  };
  return part(s.start) + " \xE2\x80\x93 " + part(s.end);
}

// Two halves of a switch.
void scope_choice(App& app) {
  const std::string letter = section_letter(app, app.section);
  const std::string all = "All " + std::to_string(times(app, label_of(app, app.section))) + " " + letter;
  for (const bool whole : {false, true}) {
    const bool on = app.whole_kind == whole;
    ImGui::PushStyleColor(ImGuiCol_Button, on ? colour::kAccentSoft : colour::kField);
    ImGui::PushStyleColor(ImGuiCol_Text, on ? colour::kAccent : colour::kText);
    if (ImGui::Button(whole ? all.c_str() : "This section", {kColumn, 0})) app.whole_kind = whole;
    ImGui::PopStyleColor(2);
    if (!whole) ImGui::SameLine(0, 6);
  }
}

void style_list(App& app) {
  const auto& styles = app.styles;
  const int now = choice(app, app.section);
  const auto where = app.whole_kind ? -1.0 - label_of(app, app.section) : static_cast<double>(app.section);
  const auto offer = [&](int style, const std::string& name, float width) {
    if (ImGui::Selectable(name.c_str(), style == now, 0, {width, 22}))
      ask(app, Command::section_style, style, where);
  };
  offer(0, "Like the rest" + (app.style_name.empty() ? "" : " \xC2\xB7 " + app.style_name), list_width(app));
  const int count = static_cast<int>(styles.size()) - 1;
  const int rows = (count + columns(app) - 1) / columns(app);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns(app); ++column) {
      const int style = 1 + row + column * rows;
      if (style > count) continue;
      if (column > 0) ImGui::SameLine(0, 6);
      offer(style, styles[static_cast<std::size_t>(style)], kColumn);
    }
  }
}

}  // namespace

std::string section_letter(const App& app, int section) {
  const int label = label_of(app, section);
  return label >= 0 && label < 26 ? std::string(1, static_cast<char>('A' + label))
                                  : std::to_string(label + 1);
}

std::string section_style(const App& app, int section) {
  const int style = choice(app, section);
  return style > 0 && style < static_cast<int>(app.styles.size())
             ? app.styles[static_cast<std::size_t>(style)]
             : app.style_name;
}

int section_now(const App& app) {
  int found = app.music.sections.empty() ? -1 : 0;
  for (std::size_t i = 0; i < app.music.sections.size() && app.music.sections[i].start <= app.time; ++i)
    found = static_cast<int>(i);
  return found;
}

void offer_styles(App& app, int section) {
  app.section = section;
  ImGui::OpenPopup(kMenu);
}

void draw_section_menu(App& app, float x, float y) {
  if (app.section < 0 || app.section >= static_cast<int>(app.music.sections.size())) return;
  const float width = list_width(app) + 2 * 14;
  const float left = std::clamp(x - width / 2, 8.f, std::max(8.f, app.width - width - 8.f));
  ImGui::SetNextWindowPos({left, y - 6.f}, ImGuiCond_Always, {0.f, 1.f});
  ImGui::SetNextWindowSizeConstraints({width, 0}, {width, std::max(80.f, y - 6.f - app.top)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {14, 12});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {10, 4});
  if (ImGui::BeginPopup(kMenu, ImGuiWindowFlags_NoMove)) {
    ImGui::PushFont(strong_font());
    ImGui::Text("Section %s", section_letter(app, app.section).c_str());
    ImGui::PopFont();
    const std::string span = span_text(app, app.section);
    ImGui::SameLine(width - 14 - ImGui::CalcTextSize(span.c_str()).x);
    ImGui::TextDisabled("%s", span.c_str());
    if (times(app, label_of(app, app.section)) > 1) {
      scope_choice(app);
    } else {
      app.whole_kind = false;
    }
    ImGui::Dummy({0, 1});
    style_list(app);
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
}

}  // namespace terpsi::view
