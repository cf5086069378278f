#pragma once
// The flat ABI between the page (web/src/view.ts) and the view. The page owns the audio clock and calls
// view_frame once per animation frame with the time that is heard; the view draws the pose of exactly that
// time.
//
//   view_start("#stage"); view_resize(1280, 720, 2, 56);
//   memcpy(view_buffer(kWaveform, n), ...); ...; view_song(180, 128, 4, 0.9);
//   memcpy(view_buffer(kFrames, 150 * 103), ...); view_frames(1, 150, 5400);
//   again = view_frame(time_heard, now);  while ((c = view_poll(values))) ...
//
// Times are seconds, places CSS pixels from the window's upper left corner. Everything runs on one thread.

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#define TERPSI_EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define TERPSI_EXPORT
#endif

namespace terpsi::view {

enum Buffer : int {
  kWaveform,     // 60 peaks a second, 0 to 1
  kBeats,        // seconds
  kBeatInBar,    // 1 = downbeat; one per beat
  kSections,     // start, end, label; three per section
  kFrames,       // dancers x frames x 103: root 3, 24 quaternions x y z w, contacts 4
  kEights,       // starts of the counts of 8, seconds
  kEnergyCurve,  // 30 a second, 0 to 1
  kMoments,      // kind, start, end, strength; four per moment (wasm/core_api.h)
};

enum Setting : int {
  kPlaying,
  kProgress,
  kStyle,
  kEnergy,
  kSeed,
  kMirror,
  kTrails,
  kLoop,
  kLoopStart,
  kLoopEnd,
  kSpeed,
  kReducedMotion,
  kGenerationSeconds,
  kAnalysisSeconds,
  kHasSong,
  kPanelOpen,
  kVariation,
  kDancers,    // 1 to 8
  kFormation,  // 0 unison, 1 mirror, 2 canon
  kSpacing,    // metres
  kClick,      // 0 or 1
  kCalm,       // 0 to 1: how much the dancers stand and breathe in place of dancing
  kCounted,    // as Settings::counted
  kGiven,      // 1: the dance comes from a file without its song; nothing of it can be made anew
  kBare,       // 1: the stage alone, without panels
};

enum Text : int {
  kStyleNames,  // one a line, first "auto"
  kStyleName,
  kBackend,
  kSectionStyles,  // one line per section; empty: as the rest
  kStyleReason,    // why "auto" chose kStyleName; empty: nothing is shown
};

enum PointerEvent : int { kMove, kDown, kUp, kLeave };

inline constexpr int kFrameFloats = 103;

}  // namespace terpsi::view

extern "C" {
// 1 when the canvas has WebGL2 and everything compiled, else 0. Once only.
int view_start(const char* selector);
void view_resize(float width, float height, float scale, float top);

// Room for `count` floats; valid until the next call of view_buffer. kFrames appends nothing: it is read by
// view_frames.
float* view_buffer(int which, int count);
// Takes all buffers but kFrames as the song shown and forgets the dance.
// duration 0: no song.
void view_song(double duration, double tempo_bpm, int beats_per_bar, double confidence);
// Takes kFrames as the first `count` of `total` frames of each of `dancers` dancers, the lead's first.
// Returns 0 when the numbers do not fit together.
int view_frames(int dancers, int count, int total);

void view_set(int setting, double value);
void view_text(int text, const char* utf8);

void view_pointer(int event, int id, float x, float y, int button, int touch);
void view_wheel(float x, float y, float dy);
void view_shift(int down);
void view_home();
// Turns the camera as if dragged by dx, dy pixels, and zooms by `factor`.
void view_camera(float dx, float dy, float factor);

// Draws. `time` is the moment of the song that is heard now, `now` any steady clock. Returns 1 when the
// picture would change without anything happening (playing, easing), 0 when the page may stop calling until
// something does.
int view_frame(double time, double now);
// Next command of the viewer (enum Command in app.h), its value and what it is for (two doubles), or 0.
int view_poll(double* values);

// What was drawn last: dancers (the lead first) x 24 x 3 world joint positions, metres, and their time.
int view_dancers();
const float* view_joints();
double view_drawn_time();
// Milliseconds that the last view_frame took.
double view_cost();
// Where section `index` of the song is drawn in the timeline: its middle and half its width, CSS pixels
// (three floats: x, y, half width); zeros when it is not to be seen.
const float* view_section_place(int index);
}
