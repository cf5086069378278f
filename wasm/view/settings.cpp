// The settings card: what to dance, what the song is, what made it.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "layout.h"
#include "section_menu.h"
#include "theme.h"

namespace terpsi::view {
namespace {

constexpr float kSettingsColumn = 90.f;          // CSS pixels, where the controls of rows begin
constexpr float kValueWidth = 46.f;              // CSS pixels, for the value of a dial
constexpr double kNearest = 0.8, kFarthest = 4;  // metres that the spacing dial offers

// Width of the scroll bar, if it shows.
float scrollbar() {
  return ImGui::GetScrollMaxY() > 0 ? ImGui::GetStyle().ScrollbarSize : 0.f;
}

void heading(const char* text) {
  ImGui::PushFont(strong_font());
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
}

void gap() {
  ImGui::Dummy({0, 0});
  const ImVec2 p = ImGui::GetCursorScreenPos();
  const float w = ImGui::GetContentRegionAvail().x;
  ImGui::GetWindowDrawList()->AddLine(p, {p.x + w, p.y}, colour::kEdge);
  ImGui::Dummy({0, 2});
}

// A dim label at the left and a value at the right edge.
void fact(const char* label, const char* value) {
  ImGui::TextDisabled("%s", label);
  const float width = ImGui::CalcTextSize(value).x;
  ImGui::SameLine();
  ImGui::SetCursorPosX(
      std::max(ImGui::GetCursorPosX(),
               ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x - scrollbar() - width));
  ImGui::TextUnformatted(value);
}

// A dim label at the left of a row; what follows starts at the row's second column.
void row(const char* label) {
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("%s", label);
  ImGui::SameLine(kSettingsColumn);
}

void style_choice(App& app) {
  if (app.styles.empty()) return;
  const int style = std::min(app.whole(kStyle), static_cast<int>(app.styles.size()) - 1);
  row("Style");
  ImGui::SetNextItemWidth(-1);
  std::string shown = app.styles[static_cast<std::size_t>(style)];
  if (style == 0 && !app.style_name.empty()) shown += " \xC2\xB7 " + app.style_name;
  if (ImGui::BeginCombo("##style", shown.c_str(), ImGuiComboFlags_HeightLargest)) {
    for (int i = 0; i < static_cast<int>(app.styles.size()); ++i) {
      if (ImGui::Selectable(app.styles[static_cast<std::size_t>(i)].c_str(), i == style)) {
        app.set(kStyle, i);
        ask(app, Command::style, i);
      }
    }
    ImGui::EndCombo();
  }
  if (style != 0 || app.style_name.empty() || app.style_reason.empty()) return;
  ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
  ImGui::PushTextWrapPos(0);
  const std::string why = "Auto: " + app.style_name + " \xE2\x80\x94 " + app.style_reason;
  ImGui::TextUnformatted(why.c_str());
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
}

// A thin track with a round knob over `low` to `high`, its value at the right. Asks when it is let go.
void dial(App& app, const char* label, const char* hint, Setting setting, double low, double high,
          const char* shown, Command command) {
  row(label);
  const float h = ImGui::GetFrameHeight();
  const float width = ImGui::GetContentRegionAvail().x - kValueWidth;
  ImGui::InvisibleButton(label, {width, h});
  const ImVec2 a = ImGui::GetItemRectMin();
  const float y = a.y + h / 2;
  if (ImGui::IsItemActive()) {
    const float share = std::clamp((ImGui::GetIO().MousePos.x - a.x - 8.f) / (width - 16.f), 0.f, 1.f);
    app.set(setting, low + static_cast<double>(share) * (high - low));
  }
  if (ImGui::IsItemDeactivated()) ask(app, command, app.value(setting));
  const bool lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (ImGui::IsItemHovered() && !ImGui::IsItemActive() &&
      ImGui::GetIO().MouseSource == ImGuiMouseSource_Mouse)
    ImGui::SetTooltip("%s", hint);
  const float x = a.x + 8.f + static_cast<float>((app.value(setting) - low) / (high - low)) * (width - 16.f);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({a.x, y - 2.5f}, {a.x + width, y + 2.5f}, colour::kFieldHover, 3.f);
  list->AddRectFilled({a.x, y - 2.5f}, {x, y + 2.5f}, colour::kAccent, 3.f);
  list->AddCircleFilled({x, y}, lit ? 8.5f : 7.5f, IM_COL32(255, 240, 234, 255), 24);
  const float right =
      ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x - scrollbar();
  list->AddText({right - ImGui::CalcTextSize(shown).x, y - ImGui::GetTextLineHeight() / 2}, colour::kText,
                shown);
}

void share_dial(App& app, const char* label, const char* hint, Setting setting, Command command) {
  char text[16];
  std::snprintf(text, sizeof text, "%d", static_cast<int>(std::lround(app.value(setting) * 100)));
  dial(app, label, hint, setting, 0, 1, text, command);
}

// A number between a minus and a plus.
void stepper(App& app, const char* label, const char* less, const char* more, Setting setting,
             Command command) {
  row(label);
  const auto& [low, high, initial] = kSettingRows[setting];
  const double value = app.value(setting);
  const float h = ImGui::GetFrameHeight();
  if (icon_button(less, Icon::minus, h)) ask(app, command, std::max(low, value - 1.0));
  ImGui::SameLine(0, 4);
  char text[24];
  std::snprintf(text, sizeof text, "%.0f", value);
  const float width = ImGui::GetContentRegionAvail().x - h - 4;
  const ImVec2 p = ImGui::GetCursorScreenPos();
  const ImVec2 size = ImGui::CalcTextSize(text);
  ImGui::Dummy({width, h});
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(p, {p.x + width, p.y + h}, colour::kField, kRound);
  list->AddText({p.x + (width - size.x) / 2, p.y + (h - size.y) / 2}, colour::kText, text);
  ImGui::SameLine(0, 4);
  if (icon_button(more, Icon::plus, h)) ask(app, command, std::min(high, value + 1.0));
}

void formation_choice(App& app) {
  constexpr std::array<const char*, 3> kNames = {"Unison", "Mirror", "Canon"};
  const float width = (ImGui::GetContentRegionAvail().x - 2 * 4.f) / 3;
  for (int i = 0; i < static_cast<int>(kNames.size()); ++i) {
    const bool on = app.whole(kFormation) == i;
    ImGui::PushStyleColor(ImGuiCol_Button, on ? colour::kAccentSoft : colour::kField);
    ImGui::PushStyleColor(ImGuiCol_Text, on ? colour::kAccent : colour::kText);
    if (i > 0) ImGui::SameLine(0, 4);
    if (ImGui::Button(kNames[static_cast<std::size_t>(i)], {width, 0})) ask(app, Command::formation, i);
    ImGui::PopStyleColor(2);
  }
}

void troupe_rows(App& app) {
  stepper(app, "Dancers", "One fewer", "One more", kDancers, Command::dancers);
  if (app.whole(kDancers) < 2) return;
  formation_choice(app);
  char text[16];
  std::snprintf(text, sizeof text, "%.1f m", app.value(kSpacing));
  dial(app, "Spacing", "Metres between neighbours, more where the dance needs it", kSpacing, kNearest,
       kFarthest, text, Command::spacing);
}

void new_dance_button(App& app) {
  ImGui::PushStyleColor(ImGuiCol_Button, colour::kAccent);
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, IM_COL32(255, 158, 126, 255));
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, IM_COL32(240, 122, 86, 255));
  ImGui::PushStyleColor(ImGuiCol_Text, IM_COL32(28, 16, 12, 255));
  ImGui::PushFont(strong_font());
  if (ImGui::Button("New dance", {-1, 36})) ask(app, Command::regenerate);
  ImGui::PopFont();
  ImGui::PopStyleColor(4);
}

void progress_row(App& app) {
  if (app.value(kProgress) >= 1) return;
  char text[48];
  std::snprintf(text, sizeof text, "%d %%", static_cast<int>(app.value(kProgress) * 100));
  fact("Dancing", text);
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 p = ImGui::GetCursorScreenPos();
  ImGui::Dummy({width, 5});
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(p, {p.x + width, p.y + 4}, colour::kFieldHover, 2.f);
  list->AddRectFilled(p, {p.x + width * static_cast<float>(app.value(kProgress)), p.y + 4}, colour::kAccent,
                      2.f);
  if (ImGui::Button("Cancel", {-1, 0})) ask(app, Command::cancel);
}

// One dot per beat of the bar; the one sounding now glows and fades.
void beat_dots(const App& app) {
  const auto& music = app.music;
  const auto next = std::upper_bound(music.beats.begin(), music.beats.end(), app.time);
  int current = 0;
  float glow = 0;
  if (next != music.beats.begin()) {
    const auto i = static_cast<std::size_t>(next - music.beats.begin()) - 1;
    if (i < music.beat_in_bar.size()) current = music.beat_in_bar[i];
    glow = static_cast<float>(std::exp(-(app.time - music.beats[i]) * 5.0));
  }
  const ImVec2 p = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy({width, 14});
  ImDrawList* list = ImGui::GetWindowDrawList();
  const int n = std::clamp(music.beats_per_bar, 1, 12);
  const float step = (width + 6.f) / static_cast<float>(n);
  for (int i = 0; i < n; ++i) {
    const ImVec2 a{p.x + step * static_cast<float>(i), p.y + 5};
    const ImVec2 b{a.x + step - 6.f, p.y + 10};
    list->AddRectFilled(a, b, colour::kFieldHover, 2.5f);
    if (i + 1 == current) {
      const int alpha = static_cast<int>(70 + 185 * glow);
      list->AddRectFilled(a, b, i == 0 ? IM_COL32(255, 138, 101, alpha) : IM_COL32(233, 235, 242, alpha),
                          2.5f);
    }
  }
}

// Who counted the beats; a score has nothing to choose.
void listening_choice(App& app) {
  constexpr std::array<const char*, 3> kNames = {"quick", "beat network", "from the score"};  // by Counted
  const char* shown = kNames[static_cast<std::size_t>(app.whole(kCounted))];
  if (app.whole(kCounted) == static_cast<int>(Counted::score)) return fact("Beats", shown);
  row("Beats");
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##listening", shown)) {
    for (int i = 1; i >= 0; --i) {
      if (ImGui::Selectable(kNames[static_cast<std::size_t>(i)], i == app.whole(kCounted)))
        ask(app, Command::listening, i);
    }
    ImGui::EndCombo();
  }
}

void tempo_fact(const App& app) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f BPM \xC2\xB7 %d/4", app.music.tempo_bpm, app.music.beats_per_bar);
  fact("Tempo", text);
}

// Of a dance that comes from a file, what is known and can be changed.
void given_rows(App& app) {
  if (!app.style_name.empty()) fact("Style", app.style_name.c_str());
  if (!app.backend.empty()) fact("Made by", app.backend.c_str());
  if (app.music.tempo_bpm > 0) tempo_fact(app);
  troupe_rows(app);
  if (!app.music.beats.empty()) beat_dots(app);
}

void song_facts(App& app) {
  tempo_fact(app);
  listening_choice(app);
  const double c = app.music.beat_confidence;
  fact("Pulse", c > 0.7 ? "clear" : c > 0.35 ? "fair" : "faint");
  if (const int section = section_now(app); section >= 0) {
    const std::string now = section_letter(app, section) + " \xC2\xB7 " + section_style(app, section);
    fact("Section", now.c_str());
  }
  beat_dots(app);
}

void engine_facts(const App& app) {
  char text[64];
  fact("Engine", app.backend.empty() ? "\xE2\x80\x93" : app.backend.c_str());
  if (app.value(kAnalysisSeconds) > 0) {
    std::snprintf(text, sizeof text, "%.2f s", app.value(kAnalysisSeconds));
    fact("Listened in", text);
  }
  if (app.value(kGenerationSeconds) > 0 && app.value(kProgress) >= 1) {
    std::snprintf(text, sizeof text, "%.2f s \xC2\xB7 %.0f\xC3\x97", app.value(kGenerationSeconds),
                  app.music.duration / app.value(kGenerationSeconds));
    fact("Danced in", text);
  }
}

// What can be chosen of a dance made here.
void made_rows(App& app) {
  style_choice(app);
  share_dial(app, "Energy", "How big to dance", kEnergy, Command::energy);
  share_dial(app, "Variation", "How different a section is when it comes again", kVariation,
             Command::variation);
  stepper(app, "Seed", "Previous seed", "Next seed", kSeed, Command::seed);
  troupe_rows(app);
  new_dance_button(app);
  progress_row(app);
}

}  // namespace

void draw_settings(App& app) {
  if (narrow(app) && !app.on(kPanelOpen)) return;
  const Rect area = settings_area(app);
  if (narrow(app)) {
    ImGui::SetNextWindowPos({area.x + area.w, area.y + area.h}, ImGuiCond_Always, {1.f, 1.f});
  } else {
    ImGui::SetNextWindowPos({area.x, area.y});
  }
  ImGui::SetNextWindowSizeConstraints({area.w, 0}, {area.w, area.h});
  ImGui::Begin("settings", nullptr,
               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_AlwaysAutoResize |
                   ImGuiWindowFlags_NoNav);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {10, 5});
  const auto room = [&](float lines, float more) {  // so many lines and pixels fit into the card
    return ImGui::GetCursorPosY() + lines * ImGui::GetTextLineHeightWithSpacing() + more +
               ImGui::GetStyle().WindowPadding.y <=
           area.h;
  };
  heading("Dance");
  if (app.on(kGiven)) {
    given_rows(app);
  } else {
    made_rows(app);
    if (room(4, 32)) {
      gap();
      heading("Song");
      song_facts(app);
    }
    if (room(3, 14)) {
      gap();
      engine_facts(app);
    }
  }
  ImGui::PopStyleVar();
  const ImVec2 p = ImGui::GetWindowPos();
  const ImVec2 s = ImGui::GetWindowSize();
  app.covered.push_back({p.x, p.y, s.x, s.y});
  ImGui::End();
}

}  // namespace terpsi::view
