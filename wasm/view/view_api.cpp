#include "view_api.h"

#include <emscripten/html5.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "app.h"
#include "base/limits.h"
#include "layout.h"
#include "panel_renderer.h"
#include "theme.h"
#include "timeline.h"

namespace terpsi::view {
namespace {

// A finger or button held down on the stage (not on a panel).
struct Held {
  int id = -1;
  float x = 0, y = 0;
  int button = 0;
};

struct Session {
  App app;
  std::array<std::vector<float>, 8> buffers;
  std::array<Held, 2> held;
  int panel_pointer = -1;  // the pointer that went down on a panel
  double last_now = -1;
  int settle = 3;  // frames Dear ImGui still wants after input
  PanelRenderer panels;
  float font_scale = 0;
  std::vector<float> joints;
  int dancers = 0;  // drawn
  double cost = 0;  // ms
  std::array<float, 3> section_place{};
  double drawn_time = 0;
  float beat_seen = 0;
};

std::unique_ptr<Session> session;

void rebuild_fonts(Session& s) {
  if (s.font_scale == s.app.scale) return;
  apply_theme(s.app.scale);
  upload_fonts(s.panels);
  s.font_scale = s.app.scale;
}

bool on_panel(const App& app, float x, float y) {
  return std::any_of(app.covered.begin(), app.covered.end(), [&](const Rect& r) { return r.has(x, y); });
}

float beat_pulse(const App& app) {
  if (!app.playing || app.reduced_motion) return 0;
  const auto& beats = app.music.beats;
  const auto next = std::upper_bound(beats.begin(), beats.end(), app.time);
  if (next == beats.begin()) return 0;
  return static_cast<float>(std::exp(-(app.time - *(next - 1)) * 6.0));
}

std::vector<Trail> make_trails(const App& app) {
  const int points = app.others.size() > 2 ? 14 : 26;
  constexpr double kSeconds = 0.55;
  std::vector<Trail> trails;
  if (app.clip.frames.empty() || !app.settings.trails || app.reduced_motion) return trails;
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
  if (!app.has_song) {  // the page's welcome stands at the left of wide windows, below on narrow ones
    x = narrow(app) ? app.width / 2 : app.width * 0.72f;
    y = narrow(app) ? app.height * 0.30f : app.height * 0.52f;
    framing.height = narrow(app) ? 0.5f : 0.92f;
  }
  framing.shift_x = (x - app.width / 2) / (app.width / 2);
  framing.shift_y = (app.height / 2 - y) / (app.height / 2);
  return update(app.camera, middle, app.others.empty() ? 0.f : app.spread,
                app.reduced_motion ? 0.f : static_cast<float>(seconds), framing);
}

void draw_panels(Session& s, double seconds) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {s.app.width, s.app.height};
  io.DisplayFramebufferScale = {s.app.scale, s.app.scale};
  io.DeltaTime = static_cast<float>(std::clamp(seconds, 1e-4, 0.25));
  ImGui::NewFrame();
  s.app.covered.clear();
  if (s.app.has_song && !s.app.bare) {
    draw_transport(s.app);
    draw_settings(s.app);
  }
  if (ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel)) {
    s.app.covered.push_back({0, 0, s.app.width, s.app.height});  // a list is open: every press belongs to it
  }
  ImGui::Render();
  draw(s.panels, *ImGui::GetDrawData());
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

std::vector<std::string> lines(const char* text) {
  std::vector<std::string> out;
  std::string line;
  for (const char* c = text; *c != 0; ++c) {
    if (*c == '\n') {
      out.push_back(line);
      line.clear();
    } else {
      line += *c;
    }
  }
  if (!line.empty()) out.push_back(line);
  return out;
}

// How far the dancers' mean places lie from their middle at most, metres.
float spread(const App& app) {
  if (app.others.empty() || app.clip.frames.empty()) return 0;
  std::vector<Eigen::Vector2f> places;
  Eigen::Vector2f middle = Eigen::Vector2f::Zero();
  for (std::size_t d = 0; d <= app.others.size(); ++d) {
    const motion::Clip& clip = d == 0 ? app.clip : app.others[d - 1];
    Eigen::Vector2f sum = Eigen::Vector2f::Zero();
    for (const motion::Frame& frame : clip.frames) sum += Eigen::Vector2f(frame.root.x(), frame.root.z());
    places.emplace_back(sum / static_cast<float>(clip.size()));
    middle += places.back() / static_cast<float>(app.others.size() + 1);
  }
  float most = 0;
  for (const Eigen::Vector2f& place : places) most = std::max(most, (place - middle).norm());
  return most;
}

motion::Frame unpack(const float* v) {
  motion::Frame frame;
  frame.root = {v[0], v[1], v[2]};
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    const float* q = v + 3 + 4 * j;
    frame.rotations[j] = motion::Quat(q[3], q[0], q[1], q[2]);
  }
  for (std::size_t c = 0; c < motion::kContacts; ++c) frame.contacts[c] = v[99 + c];
  return frame;
}

}  // namespace
}  // namespace terpsi::view

using namespace terpsi::view;
namespace motion = terpsi::motion;

extern "C" {

TERPSI_EXPORT int view_start(const char* selector) {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.alpha = false;
  attributes.antialias = true;
  attributes.majorVersion = 2;
  attributes.powerPreference = EM_WEBGL_POWER_PREFERENCE_DEFAULT;
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context(selector, &attributes);
  if (context <= 0 || emscripten_webgl_make_context_current(context) != EMSCRIPTEN_RESULT_SUCCESS) return 0;
  session = std::make_unique<Session>();
  if (!start(session->app.stage)) return 0;
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags = ImGuiConfigFlags_NoMouseCursorChange;
  io.BackendPlatformName = "terpsi";
  return start(session->panels) ? 1 : 0;
}

TERPSI_EXPORT void view_resize(float width, float height, float scale, float top) {
  App& app = session->app;
  app.width = std::max(1.f, width);
  app.height = std::max(1.f, height);
  app.scale = std::clamp(scale, 0.5f, 4.f);
  app.top = top;
  session->settle = 3;
}

TERPSI_EXPORT float* view_buffer(int which, int count) {
  if (which < 0 || which >= static_cast<int>(session->buffers.size()) || count < 0) return nullptr;
  auto& buffer = session->buffers[static_cast<std::size_t>(which)];
  buffer.resize(static_cast<std::size_t>(count));
  return buffer.data();
}

TERPSI_EXPORT void view_song(double duration, double tempo_bpm, int beats_per_bar, double confidence) {
  App& app = session->app;
  app.music = {};
  app.clip = {};
  app.others.clear();
  app.total_frames = 0;
  app.section = -1;
  app.settings.section_styles.clear();
  app.view_start = app.view_end = 0;
  app.style_name.clear();
  app.style_reason.clear();
  app.settings.loop_start = app.settings.loop_end = 0;
  app.has_song = duration > 0;
  auto& m = app.music;
  m.duration = duration;
  m.tempo_bpm = tempo_bpm;
  m.beats_per_bar = beats_per_bar;
  m.beat_confidence = confidence;
  m.waveform = session->buffers[kWaveform];
  const auto& beats = session->buffers[kBeats];
  m.beats.assign(beats.begin(), beats.end());
  for (float b : session->buffers[kBeatInBar]) m.beat_in_bar.push_back(static_cast<int>(b));
  const auto& sections = session->buffers[kSections];
  for (std::size_t i = 0; i + 2 < sections.size(); i += 3) {
    m.sections.push_back({static_cast<double>(sections[i]), static_cast<double>(sections[i + 1]),
                          static_cast<int>(sections[i + 2])});
  }
  const auto& eights = session->buffers[kEights];
  m.eights.assign(eights.begin(), eights.end());
  m.energy = session->buffers[kEnergyCurve];
  const auto& moments = session->buffers[kMoments];
  for (std::size_t i = 0; i + 3 < moments.size(); i += 4) {
    const int kind = std::clamp(static_cast<int>(moments[i]), 0, 2);
    m.moments.push_back({static_cast<terpsi::audio::Moment::Kind>(kind), static_cast<double>(moments[i + 1]),
                         static_cast<double>(moments[i + 2]), static_cast<double>(moments[i + 3])});
  }
  session->settle = 3;
}

TERPSI_EXPORT int view_frames(int dancers, int count, int total) {
  App& app = session->app;
  const auto& values = session->buffers[kFrames];
  const auto n = static_cast<std::size_t>(std::max(0, count));
  if (dancers < 1 || dancers > terpsi::limits::kMaxDancers || count < 0 || total < count ||
      values.size() != static_cast<std::size_t>(dancers) * n * kFrameFloats) {
    return 0;
  }
  app.others.resize(static_cast<std::size_t>(dancers) - 1);
  const float* next = values.data();
  for (int d = 0; d < dancers; ++d) {
    motion::Clip& clip = d == 0 ? app.clip : app.others[static_cast<std::size_t>(d) - 1];
    clip.frames.clear();
    clip.frames.reserve(n);
    for (std::size_t i = 0; i < n; ++i, next += kFrameFloats) clip.frames.push_back(unpack(next));
  }
  app.spread = spread(app);
  app.total_frames = static_cast<std::size_t>(total);
  session->settle = 3;
  return 1;
}

TERPSI_EXPORT void view_set(int setting, double value) {
  App& app = session->app;
  Settings& s = app.settings;
  switch (static_cast<Setting>(setting)) {
    case kPlaying:
      app.playing = value != 0;
      break;
    case kProgress:
      app.progress = std::clamp(value, 0.0, 1.0);
      break;
    case kStyle:
      s.style = static_cast<int>(value);
      break;
    case kEnergy:
      s.energy = std::clamp(static_cast<float>(value), 0.f, 1.f);
      break;
    case kSeed:
      s.seed = static_cast<std::uint32_t>(std::clamp(value, 0.0, 4294967295.0));
      break;
    case kMirror:
      s.mirror = value != 0;
      break;
    case kTrails:
      s.trails = value != 0;
      break;
    case kLoop:
      s.loop = value != 0;
      break;
    case kLoopStart:
      s.loop_start = value;
      break;
    case kLoopEnd:
      s.loop_end = value;
      break;
    case kSpeed:
      s.speed = static_cast<float>(value);
      break;
    case kReducedMotion:
      app.reduced_motion = value != 0;
      break;
    case kGenerationSeconds:
      app.generation_seconds = value;
      break;
    case kAnalysisSeconds:
      app.analysis_seconds = value;
      break;
    case kHasSong:
      app.has_song = value != 0;
      break;
    case kPanelOpen:
      app.panel_open = value != 0;
      break;
    case kVariation:
      s.variation = std::clamp(static_cast<float>(value), 0.f, 1.f);
      break;
    case kDancers:
      s.dancers = std::clamp(static_cast<int>(value), 1, terpsi::limits::kMaxDancers);
      break;
    case kFormation:
      s.formation = std::clamp(static_cast<int>(value), 0, 2);
      break;
    case kSpacing:
      s.spacing = static_cast<float>(value);
      break;
    case kClick:
      s.click = value != 0;
      break;
    case kCounted:
      s.counted = std::clamp(static_cast<int>(value), 0, 2);
      break;
    case kGiven:
      app.given = value != 0;
      break;
    case kBare:
      app.bare = value != 0;
      break;
    case kCalm:
      app.calm = std::clamp(static_cast<float>(value), 0.f, 1.f);
      break;
  }
  session->settle = std::max(session->settle, 2);
}

TERPSI_EXPORT void view_text(int text, const char* utf8) {
  App& app = session->app;
  switch (static_cast<Text>(text)) {
    case kStyleNames:
      app.settings.styles = lines(utf8);
      break;
    case kStyleName:
      app.style_name = utf8;
      break;
    case kBackend:
      app.backend = utf8;
      break;
    case kStyleReason:
      app.style_reason = utf8;
      break;
    case kSectionStyles:
      app.settings.section_styles.assign(app.music.sections.size(), 0);
      for (std::size_t i = 0; const std::string& name : lines(utf8)) {
        const auto& styles = app.settings.styles;
        const auto at = name.empty() ? styles.end() : std::find(styles.begin(), styles.end(), name);
        if (i < app.music.sections.size() && at != styles.end())
          app.settings.section_styles[i] = static_cast<int>(at - styles.begin());
        ++i;
      }
      break;
  }
  session->settle = std::max(session->settle, 2);
}

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

TERPSI_EXPORT int view_frame(double time, double now) {
  const double began = emscripten_get_now();
  Session& s = *session;
  App& app = s.app;
  const double seconds = s.last_now < 0 ? 0.0 : std::clamp(now - s.last_now, 1e-4, 0.25);
  s.last_now = now;
  app.time = time;
  rebuild_fonts(s);

  const bool idle = app.clip.frames.empty();
  const double breath = app.reduced_motion ? 0.0 : now;
  std::vector<motion::Pose> poses = {idle ? idle_pose(breath) : calmed(app.clip, time, app.calm, breath)};
  for (const motion::Clip& other : app.others) poses.push_back(calmed(other, time, app.calm, breath));

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
  return easing || s.settle > 0 || app.playing || ((idle || app.calm > 0) && !app.reduced_motion) ? 1 : 0;
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
