#pragma once
// Everything the view knows. The page writes it through view_api.h, the panels read it and ask for changes by
// commands.

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "audio/music.h"
#include "camera.h"
#include "motion/clip.h"
#include "stage.h"
#include "view_abi.h"

namespace terpsi::view {

struct Request {
  Command command;
  double value;
  double where;
};

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  bool has(float px, float py) const { return px >= x && py >= y && px < x + w && py < y + h; }
};

inline std::array<double, kSettings> initial_settings() {
  std::array<double, kSettings> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = kSettingRows[i][2];
  return values;
}

struct App {
  // The song and the dance.
  audio::MusicAnalysis music;
  motion::Clip clip;                 // the frames made so far
  std::vector<motion::Clip> others;  // the dancers beside the lead, as many frames
  float spread = 0;                  // metres from the middle of the dancers to the outermost place
  std::size_t total_frames = 0;      // when it is finished
  std::string style_name;            // the style danced (resolved from auto)
  std::string style_reason;          // why, where auto chose; else empty

  // Playing.
  double time = 0;                      // seconds of the song that is heard now
  std::string backend;                  // which engine made it
  double loop_start = 0, loop_end = 0;  // seconds; equal: the whole song

  // What was chosen, and what the page says of itself.
  std::array<double, kSettings> settings = initial_settings();
  std::vector<std::string> styles;  // first is "auto"
  std::vector<int> section_styles;  // one per section: index into styles, 0 like the rest

  // The window.
  float width = 1, height = 1;          // CSS pixels
  float scale = 1;                      // device pixels per CSS pixel
  float top = 0;                        // height of the page's own bar above, CSS pixels
  std::vector<Rect> covered;            // places where the pointer belongs to a panel
  double view_start = 0, view_end = 0;  // seconds shown by the timeline; equal: everything
  int section = -1;                     // whose styles are offered
  bool whole_kind = false;              // for all sections of its label
  float menu_x = 0;                     // where the menu of styles stands, CSS pixels
  Rect bands;                           // where the sections were drawn

  Camera camera;
  Stage stage;
  std::deque<Request> requests;

  double value(Setting setting) const { return settings[static_cast<std::size_t>(setting)]; }
  bool on(Setting setting) const { return value(setting) != 0; }
  int whole(Setting setting) const { return static_cast<int>(value(setting)); }
  void set(Setting setting, double to) { settings[static_cast<std::size_t>(setting)] = to; }
};

inline void ask(App& app, Command command, double value = 0, double where = 0) {
  app.requests.push_back({command, value, where});
}

inline double duration(const App& app) {
  return app.music.duration;
}

// Panels. Each draws itself with Dear ImGui and adds its place to app.covered.
void draw_settings(App& app);
void draw_transport(App& app);

// Where the dancer may stand: the part of the window that no panel covers, CSS pixels.
Rect free_area(const App& app);

}  // namespace terpsi::view
