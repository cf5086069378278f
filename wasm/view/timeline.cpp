#include "timeline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "section_menu.h"
#include "theme.h"

namespace terpsi::view {
namespace {

constexpr double kWaveRate = 60.0;                   // values a second in MusicAnalysis::waveform
constexpr float kBandHeight = 20.f, kBandGap = 5.f;  // pixels
constexpr float kBandText = 0.87f;                   // share of the font's size
constexpr float kDrag = 4.f;                         // pixels; less is a press
constexpr std::array<ImU32, 6> kSectionColours = {IM_COL32(122, 134, 214, 255), IM_COL32(206, 142, 96, 255),
                                                  IM_COL32(98, 178, 158, 255),  IM_COL32(190, 112, 160, 255),
                                                  IM_COL32(176, 172, 98, 255),  IM_COL32(112, 160, 200, 255)};

struct Axis {
  double start, end;  // seconds
  float x, width;     // pixels
  float at(double t) const { return x + static_cast<float>((t - start) / (end - start)) * width; }
  double time(float px) const { return start + (end - start) * static_cast<double>((px - x) / width); }
  double pixels_per_second() const { return static_cast<double>(width) / (end - start); }
};

ImU32 faded(ImU32 c, int alpha) {
  return (c & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha) << IM_COL32_A_SHIFT);
}

// Ends of a section on the screen; nothing to be seen where the second is not greater.
std::pair<float, float> band(const App& app, const Axis& axis, std::size_t i) {
  const auto& section = app.music.sections[i];
  return {std::max(axis.x, axis.at(section.start)) + 1.f,
          std::min(axis.x + axis.width, axis.at(section.end)) - 1.f};
}

// A band for each section: its letter, and the style chosen for it.
void draw_sections(ImDrawList* list, const App& app, const Axis& axis, float top, float hovered) {
  const float bottom = top + kBandHeight;
  const float line = ImGui::GetFontSize() * kBandText;
  for (std::size_t i = 0; i < app.music.sections.size(); ++i) {
    const auto [a, b] = band(app, axis, i);
    if (b <= a) continue;
    const auto& section = app.music.sections[i];
    const ImU32 c =
        kSectionColours[static_cast<std::size_t>(std::max(0, section.label)) % kSectionColours.size()];
    const bool now = app.time >= section.start && app.time < section.end;
    const bool lit = hovered >= a && hovered < b;
    const int own = i < app.section_styles.size() ? app.section_styles[i] : 0;
    list->AddRectFilled({a, top}, {b, bottom}, faded(c, now ? 205 : lit ? 150 : 105), 4.f);
    std::string text = section_letter(app, static_cast<int>(i));
    const auto wide = [&](const std::string& t) {
      return strong_font()->CalcTextSizeA(line, 1e6f, 0.f, t.c_str()).x;
    };
    if (own > 0) {
      const std::string full = text + " \xC2\xB7 " + section_style(app, static_cast<int>(i));
      const std::string name = section_style(app, static_cast<int>(i));
      list->AddRect({a + 0.5f, top + 0.5f}, {b - 0.5f, bottom - 0.5f}, colour::kText, 4.f, 0, 1.2f);
      text = wide(full) + 10 < b - a ? full : wide(name) + 10 < b - a ? name : text;
    }
    if (wide(text) + 6 > b - a) continue;
    const float x = std::round(own > 0 && wide(text) + 14 > b - a ? (a + b - wide(text)) / 2 : a + 6);
    const ImU32 ink = now ? IM_COL32(14, 16, 22, 255) : colour::kText;
    list->AddText(strong_font(), line,
                  {std::min(x, b - 3 - wide(text)), top + (kBandHeight - line) / 2 - 0.5f}, ink,
                  text.c_str());
  }
}

void draw_beats(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  const double beat_pixels = axis.pixels_per_second() * 60.0 / std::max(30.0, app.music.tempo_bpm);
  for (std::size_t i = 0; i < app.music.beats.size(); ++i) {
    const double t = app.music.beats[i];
    if (t < axis.start || t > axis.end) continue;
    const bool bar = i < app.music.beat_in_bar.size() && app.music.beat_in_bar[i] == 1;
    if (!bar && beat_pixels < 5.0) continue;
    if (bar && beat_pixels < 1.2) continue;
    const float x = std::round(axis.at(t)) + 0.5f;
    list->AddLine({x, bar ? top : top + (bottom - top) * 0.72f}, {x, bottom},
                  IM_COL32(255, 255, 255, bar ? 34 : 26));
  }
}

// Counts of 8: a tick that stands out at both edges of the waveform.
void draw_eights(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  const double apart = axis.pixels_per_second() * 480.0 / std::max(30.0, app.music.tempo_bpm);
  if (apart < 6.0) return;
  for (const double t : app.music.eights) {
    if (t < axis.start || t > axis.end) continue;
    const float x = std::round(axis.at(t)) + 0.5f;
    list->AddLine({x, top}, {x, bottom}, IM_COL32(255, 255, 255, 30));
    list->AddLine({x, top}, {x, top + 6.f}, IM_COL32(255, 255, 255, 130), 1.5f);
    list->AddLine({x, bottom - 6.f}, {x, bottom}, IM_COL32(255, 255, 255, 130), 1.5f);
  }
}

// How much happens, as a line with a soft area below it.
void draw_energy(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  const auto& energy = app.music.energy;
  if (energy.size() < 2) return;
  const float height = bottom - top - 2.f;
  const auto y = [&](double t) {
    const double frame = std::clamp(t * 30.0, 0.0, static_cast<double>(energy.size() - 1));
    const auto i = std::min(static_cast<std::size_t>(frame), energy.size() - 2);
    const auto mix = static_cast<float>(frame - static_cast<double>(i));
    return bottom - height * (energy[i] + mix * (energy[i + 1] - energy[i]));
  };
  constexpr float kStep = 4.f;
  ImVec2 last{axis.x, y(axis.start)};
  for (float x = axis.x + kStep; x <= axis.x + axis.width; x += kStep) {
    const ImVec2 next{x, y(axis.time(x))};
    list->AddQuadFilled(last, next, {next.x, bottom}, {last.x, bottom}, faded(colour::kLeft, 16));
    list->AddLine(last, next, faded(colour::kLeft, 205), 1.5f);
    last = next;
  }
}

// Build-ups as wedges that open towards the drop, breakdowns as a hollow bar, drops as a mark that points
// down.
void draw_moments(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  constexpr float kTall = 9.f;
  using Kind = audio::Moment::Kind;
  for (const audio::Moment& m : app.music.moments) {
    if (m.end < axis.start || m.start > axis.end) continue;
    const float a = axis.at(m.start), b = axis.at(m.end);
    if (m.kind == Kind::build_up) {
      list->AddTriangleFilled({a, top + kTall}, {b, top}, {b, top + kTall}, faded(colour::kAccent, 150));
    } else if (m.kind == Kind::breakdown) {
      list->AddRectFilled({a + 1, top + 3.f}, {b - 1, top + 6.f}, IM_COL32(150, 170, 210, 120), 1.5f);
    } else {
      list->AddLine({a, top}, {a, bottom}, faded(colour::kAccent, 190), 1.5f);
      list->AddTriangleFilled({a - 6.f, top - 1.f}, {a + 6.f, top - 1.f}, {a, top + kTall}, colour::kAccent);
    }
  }
}

const audio::Moment* moment_at(const App& app, double t) {
  const audio::Moment* found = nullptr;
  for (const audio::Moment& m : app.music.moments) {
    const bool drop = m.kind == audio::Moment::Kind::drop;
    if (drop ? std::abs(t - m.start) < 0.4 : t >= m.start && t < m.end) found = &m;
  }
  return found;
}

void draw_waveform(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  const auto& wave = app.music.waveform;
  if (wave.empty()) return;
  const float middle = (top + bottom) / 2;
  const float half = (bottom - top) / 2 - 1;
  const double ready = static_cast<double>(app.clip.size()) / static_cast<double>(app.clip.fps);
  for (float x = axis.x; x < axis.x + axis.width; x += 3.f) {
    const double from = axis.time(x);
    const double to = axis.time(x + 3.f);
    const auto first = static_cast<std::size_t>(std::max(0.0, from * kWaveRate));
    const auto last = static_cast<std::size_t>(std::max(0.0, to * kWaveRate)) + 1;
    float peak = 0;
    for (std::size_t i = first; i < std::min(last, wave.size()); ++i) peak = std::max(peak, wave[i]);
    const float h = std::max(0.75f, half * peak);
    const bool made = from <= ready || app.value(kProgress) >= 1;
    const ImU32 c = from < app.time ? IM_COL32(255, 170, 142, made ? 235 : 110)
                                    : (made ? IM_COL32(168, 176, 204, 200) : IM_COL32(120, 126, 146, 84));
    list->AddRectFilled({x, middle - h}, {x + 2.f, middle + h}, c, 1.f);
  }
}

// Two lanes: when the left foot stands (above) and when the right one does.
void draw_contacts(ImDrawList* list, const App& app, const Axis& axis, float top, float lane) {
  const auto& frames = app.clip.frames;
  const double fps = static_cast<double>(app.clip.fps);
  const auto first =
      static_cast<std::size_t>(std::clamp(axis.start * fps, 0.0, static_cast<double>(frames.size())));
  const auto last =
      static_cast<std::size_t>(std::clamp(axis.end * fps + 1, 0.0, static_cast<double>(frames.size())));
  const float width = axis.x + axis.width;
  for (int foot = 0; foot < 2; ++foot) {
    const float y = top + static_cast<float>(foot) * (lane + 2.f);
    list->AddRectFilled({axis.x, y}, {width, y + lane}, IM_COL32(255, 255, 255, 9), 2.f);
    const ImU32 c = faded(foot == 0 ? colour::kLeft : colour::kRight, 165);
    const auto heel = static_cast<std::size_t>(foot == 0 ? motion::kContactLAnkle : motion::kContactRAnkle);
    const auto ball = static_cast<std::size_t>(foot == 0 ? motion::kContactLFoot : motion::kContactRFoot);
    for (std::size_t i = first; i < last;) {
      const auto down = [&](std::size_t k) {
        return std::max(frames[k].contacts[heel], frames[k].contacts[ball]) > 0.5f;
      };
      if (!down(i)) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < last && down(end)) ++end;
      const float a = std::max(axis.x, axis.at(static_cast<double>(i) / fps));
      const float b = std::min(width, axis.at(static_cast<double>(end) / fps));
      list->AddRectFilled({a, y}, {std::max(a + 1.f, b - 0.5f), y + lane}, c, 2.f);
      i = end;
    }
  }
}

void draw_loop(ImDrawList* list, const App& app, const Axis& axis, float top, float bottom) {
  if (!app.on(kLoop) || app.loop_end <= app.loop_start) return;
  const float a = std::clamp(axis.at(app.loop_start), axis.x, axis.x + axis.width);
  const float b = std::clamp(axis.at(app.loop_end), axis.x, axis.x + axis.width);
  list->AddRectFilled({a, top}, {b, bottom}, IM_COL32(84, 205, 196, 26), 3.f);
  list->AddLine({a, top}, {a, bottom}, faded(colour::kLeft, 200), 1.5f);
  list->AddLine({b, top}, {b, bottom}, faded(colour::kLeft, 200), 1.5f);
}

void tooltip(const App& app, double t) {
  const auto& beats = app.music.beats;
  const auto next = std::upper_bound(beats.begin(), beats.end(), t);
  const int minutes = static_cast<int>(t) / 60;
  const double seconds = t - minutes * 60;
  if (next == beats.begin()) {
    ImGui::SetTooltip("%d:%04.1f", minutes, seconds);
    return;
  }
  const auto i = static_cast<std::size_t>(next - beats.begin()) - 1;
  const auto bars = std::count(app.music.beat_in_bar.begin(),
                               app.music.beat_in_bar.begin() +
                                   static_cast<std::ptrdiff_t>(std::min(i + 1, app.music.beat_in_bar.size())),
                               1);
  const audio::Moment* moment = moment_at(app, t);
  const char* what = moment == nullptr                               ? ""
                     : moment->kind == audio::Moment::Kind::build_up ? "  \xC2\xB7  build-up"
                     : moment->kind == audio::Moment::Kind::drop     ? "  \xC2\xB7  drop"
                                                                     : "  \xC2\xB7  breakdown";
  ImGui::SetTooltip("%d:%04.1f  \xC2\xB7  bar %d, beat %d%s", minutes, seconds, static_cast<int>(bars),
                    i < app.music.beat_in_bar.size() ? app.music.beat_in_bar[i] : 1, what);
}

void zoom_timeline(App& app, const Axis& axis, float wheel, float mouse_x) {
  const double whole = duration(app);
  const double at = axis.time(mouse_x);
  const double span = std::clamp((axis.end - axis.start) * std::pow(0.8, static_cast<double>(wheel)),
                                 std::min(4.0, whole), whole);
  const double share = (at - axis.start) / (axis.end - axis.start);
  app.view_start = std::clamp(at - span * share, 0.0, whole - span);
  app.view_end = app.view_start + span;
}

// Keeps the play head in sight while playing.
void follow(App& app) {
  const double whole = duration(app);
  if (app.view_end <= app.view_start || app.view_end > whole + 1e-6) {
    app.view_start = 0;
    app.view_end = whole;
  }
  const double span = app.view_end - app.view_start;
  if (app.on(kPlaying) && span < whole &&
      (app.time < app.view_start || app.time > app.view_start + span * 0.92)) {
    app.view_start = std::clamp(app.time - span * 0.08, 0.0, whole - span);
    app.view_end = app.view_start + span;
  }
}

// Scrubs, or with shift chooses what to loop.
void drag(App& app, const Axis& axis) {
  const ImGuiIO& io = ImGui::GetIO();
  const double t = std::clamp(axis.time(io.MousePos.x), 0.0, duration(app));
  if (!ImGui::IsItemActive()) return;
  if (io.KeyShift) {
    const double from = std::clamp(axis.time(io.MouseClickedPos[0].x), 0.0, duration(app));
    app.loop_start = std::min(from, t);
    app.loop_end = std::max(from, t);
    if (app.loop_end - app.loop_start > 0.2) {
      app.set(kLoop, 1);
      ask(app, Command::loop_start, app.loop_start);
      ask(app, Command::loop_end, app.loop_end);
      ask(app, Command::loop, 1);
    }
  } else if (ImGui::IsItemActivated() || io.MouseDelta.x != 0) {
    ask(app, Command::seek, t);
  }
}

void pointer(App& app, const Axis& axis) {
  const ImGuiIO& io = ImGui::GetIO();
  const double t = std::clamp(axis.time(io.MousePos.x), 0.0, duration(app));
  if (ImGui::IsItemHovered()) {
    if (io.MouseWheel != 0) zoom_timeline(app, axis, io.MouseWheel, io.MousePos.x);
    if (io.MouseSource == ImGuiMouseSource_Mouse) tooltip(app, t);
    if (ImGui::IsMouseDoubleClicked(0)) app.view_start = app.view_end = 0;
  }
  drag(app, axis);
}

// The row of bands: a press offers styles, a drag scrubs.
void press_bands(App& app, const Axis& axis, float y) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool dragged = ImGui::IsMouseDragging(0, kDrag) || io.MouseDragMaxDistanceSqr[0] > kDrag * kDrag;
  int under = -1;
  for (std::size_t i = 0; i < app.music.sections.size(); ++i) {
    const auto [a, b] = band(app, axis, i);
    if (io.MousePos.x >= a && io.MousePos.x < b) under = static_cast<int>(i);
  }
  if (ImGui::IsItemHovered() && io.MouseWheel != 0) zoom_timeline(app, axis, io.MouseWheel, io.MousePos.x);
  if (ImGui::IsItemHovered() && under >= 0 && io.MouseSource == ImGuiMouseSource_Mouse) {
    ImGui::SetTooltip("Section %s \xC2\xB7 %s", section_letter(app, under).c_str(),
                      section_style(app, under).c_str());
  }
  if (ImGui::IsItemActive() && dragged) drag(app, axis);
  if (ImGui::IsItemDeactivated() && !dragged && under >= 0) {
    app.menu_x = std::clamp((band(app, axis, static_cast<std::size_t>(under)).first +
                             band(app, axis, static_cast<std::size_t>(under)).second) /
                                2,
                            axis.x, axis.x + axis.width);
    offer_styles(app, under);
  }
  draw_section_menu(app, app.menu_x, y);
}

}  // namespace

std::array<float, 3> section_place(const App& app, int index) {
  if (index < 0 || index >= static_cast<int>(app.music.sections.size()) || app.bands.w <= 0) return {};
  const Axis axis{app.view_start, app.view_end, app.bands.x, app.bands.w};
  const auto [a, b] = band(app, axis, static_cast<std::size_t>(index));
  if (b <= a) return {};
  return {(a + b) / 2, app.bands.y + app.bands.h / 2, (b - a) / 2};
}

void draw_timeline(App& app, float width, float height) {
  if (duration(app) <= 0) return;
  follow(app);
  const ImVec2 p = ImGui::GetCursorScreenPos();
  const Axis axis{app.view_start, app.view_end, p.x, width};
  app.bands = {p.x, p.y, width, kBandHeight};
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::InvisibleButton("sections", {width, kBandHeight + kBandGap});
  const float hovered = ImGui::IsItemHovered() ? ImGui::GetIO().MousePos.x : -1.f;
  ImGui::PopStyleVar();
  press_bands(app, axis, p.y);
  ImGui::SetCursorScreenPos({p.x, p.y + kBandHeight + kBandGap});
  ImGui::InvisibleButton("timeline", {width, height - kBandHeight - kBandGap});
  pointer(app, axis);

  ImDrawList* list = ImGui::GetWindowDrawList();
  const float bottom = p.y + height;
  const float wave_top = p.y + kBandHeight + kBandGap;
  const float wave_bottom = bottom - 16.f;
  list->PushClipRect({p.x, p.y - 6.f}, {p.x + width, bottom + 4.f}, true);
  draw_sections(list, app, axis, p.y, hovered);
  draw_beats(list, app, axis, wave_top, wave_bottom);
  draw_eights(list, app, axis, wave_top, wave_bottom);
  draw_waveform(list, app, axis, wave_top, wave_bottom);
  draw_energy(list, app, axis, wave_top, wave_bottom);
  draw_moments(list, app, axis, wave_top, wave_bottom);
  draw_contacts(list, app, axis, bottom - 12.f, 5.f);
  draw_loop(list, app, axis, wave_top, wave_bottom);
  const float x = std::round(axis.at(app.time));
  if (x >= p.x - 1 && x <= p.x + width + 1) {
    list->AddLine({x, p.y - 2.f}, {x, bottom}, colour::kText, 1.5f);
    list->AddCircleFilled({x, p.y - 1.f}, 4.5f, colour::kText, 16);
  }
  list->PopClipRect();
}

}  // namespace terpsi::view
