#pragma once
// Everything the view knows. The page writes it through view_api.h, the panels read it and ask for changes by
// commands.

#include <cstdint>
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

struct Settings {
  std::vector<std::string> styles;  // first is "auto"
  int style = 0;
  float energy = 0.5f;
  float variation = 0.3f;
  std::vector<int> section_styles;  // one per section: index into styles, 0 like the rest
  int dancers = 1;
  int formation = 0;    // a generate::Formation
  float spacing = 2.f;  // metres
  std::uint32_t seed = 1;
  bool mirror = false;
  bool click = false;
  int counted = 0;  // a Counted
  bool trails = true;
  bool loop = false;
  double loop_start = 0, loop_end = 0;  // seconds; equal: the whole song
  float speed = 1.f;
};

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  bool has(float px, float py) const { return px >= x && py >= y && px < x + w && py < y + h; }
};

struct App {
  // The song and the dance.
  bool has_song = false;
  bool given = false;  // it comes from a file without its song
  audio::MusicAnalysis music;
  motion::Clip clip;                 // the frames made so far
  std::vector<motion::Clip> others;  // the dancers beside the lead, as many frames
  float spread = 0;                  // metres from the middle of the dancers to the outermost place
  std::size_t total_frames = 0;      // when it is finished
  std::string style_name;            // the style danced (resolved from auto)
  std::string style_reason;          // why, where auto chose; else empty

  // Playing.
  double time = 0;  // seconds of the song that is heard now
  float calm = 0;   // share of standing and breathing in the dance, 0 to 1
  bool playing = false;
  double progress = 1;  // of the generation, 0 to 1; 1 = finished
  std::string backend;  // which engine made it
  double generation_seconds = 0, analysis_seconds = 0;

  Settings settings;
  bool reduced_motion = false;

  // The window.
  float width = 1, height = 1;          // CSS pixels
  float scale = 1;                      // device pixels per CSS pixel
  float top = 0;                        // height of the page's own bar above, CSS pixels
  bool bare = false;                    // no panels
  bool panel_open = true;               // the settings card on narrow windows
  std::vector<Rect> covered;            // places where the pointer belongs to a panel
  double view_start = 0, view_end = 0;  // seconds shown by the timeline; equal: everything
  int section = -1;                     // whose styles are offered
  bool whole_kind = false;              // for all sections of its label
  float menu_x = 0;                     // where the menu of styles stands, CSS pixels
  Rect bands;                           // where the sections were drawn

  Camera camera;
  Stage stage;
  std::deque<Request> requests;
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
