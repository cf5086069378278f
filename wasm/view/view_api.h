#pragma once
// The flat ABI between the page (web/src/view.ts) and the view. The page owns the audio clock and calls
// view_frame once per animation frame with the time that is heard; the view draws the pose of exactly that
// time.
//
//   view_start("#stage");
//   view_resize(1280, 720, 2, 56);
//   memcpy(view_buffer(kWaveform, n), ...);  // and the other buffers of a song
//   view_song(180, 128, 4, 0.9);
//   memcpy(view_buffer(kFrames, 150 * kFrameFloats), ...);
//   view_frames(1, 150, 5400);
//   again = view_frame(time_heard, now);
//   while ((command = view_poll(values))) ...
//
// Times are seconds, places CSS pixels from the window's upper left corner. Everything runs on one thread.

#include "view_abi.h"

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#define TERPSI_EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define TERPSI_EXPORT
#endif

extern "C" {
// 1 when the canvas has WebGL2 and everything compiled, else 0. Once only.
int view_start(const char* selector);
void view_resize(float width, float height, float scale, float top);

// Room for `count` floats, valid until the next call of view_buffer.
float* view_buffer(int which, int count);
// Takes all buffers but kFrames as the song shown and forgets the dance. duration 0: no song.
void view_song(double duration, double tempo_bpm, int beats_per_bar, double confidence);
// Takes kFrames as the first `count` of `total` frames of each of `dancers` dancers, the lead's first.
// Returns 0 when the numbers do not fit together.
int view_frames(int dancers, int count, int total);

void view_set(int setting, double value);    // a Setting
void view_text(int text, const char* utf8);  // a ViewText

// event: a PointerKind.
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
// The viewer's next Command, or 0; its value and what it is for go into values[0] and values[1].
int view_poll(double* values);

// What was drawn last: dancers (the lead first) x 24 x 3 world joint positions, metres, and their time.
int view_dancers();
const float* view_joints();
double view_drawn_time();
// Milliseconds that the last view_frame took.
double view_cost();
// Where section `index` of the song is drawn in the timeline: its middle and half its width, CSS pixels
// (three floats: x, y, half width); zeros when it is not visible.
const float* view_section_place(int index);
}
