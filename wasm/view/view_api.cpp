#include "view_api.h"

#include <emscripten/html5.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "base/limits.h"
#include "motion/skeleton.h"
#include "view_session.h"

namespace terpsi::view {

std::unique_ptr<Session> session;

namespace {

static_assert(kSettingRows[kDancers][1] == limits::kMaxDancers);
static_assert(kFrameFloats == 3 + 4 * motion::kJoints + motion::kContacts);

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

std::vector<int> section_styles(const App& app, const std::vector<std::string>& names) {
  const auto& styles = app.styles;
  std::vector<int> out(app.music.sections.size(), 0);
  for (std::size_t i = 0; i < std::min(out.size(), names.size()); ++i) {
    const auto at = names[i].empty() ? styles.end() : std::find(styles.begin(), styles.end(), names[i]);
    if (at != styles.end()) out[i] = static_cast<int>(at - styles.begin());
  }
  return out;
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
  app.section_styles.clear();
  app.view_start = app.view_end = 0;
  app.style_name.clear();
  app.style_reason.clear();
  app.loop_start = app.loop_end = 0;
  app.set(kHasSong, duration > 0);
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
  if (setting < 0 || setting >= kSettings || !std::isfinite(value)) return;
  const auto& [low, high, initial] = kSettingRows[setting];
  session->app.set(static_cast<Setting>(setting), std::clamp(value, low, high));
  session->settle = std::max(session->settle, 2);
}

TERPSI_EXPORT void view_text(int text, const char* utf8) {
  App& app = session->app;
  switch (static_cast<ViewText>(text)) {
    case kStyleNames:
      app.styles = lines(utf8);
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
      app.section_styles = section_styles(app, lines(utf8));
      break;
  }
  session->settle = std::max(session->settle, 2);
}
}
