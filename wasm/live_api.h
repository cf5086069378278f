#pragma once
// The flat ABI between the page's listener (web/src/live_worker.ts) and core/audio/live/live_beat.h. One stream at
// a time.
//
//   live_begin(48000);
//   memcpy(live_buffer(128), ...); live_push(128);  // live_state()

#include "wasm/core_api.h"

namespace terpsi::wasm {

// live_state(), in this order; all are doubles, as in audio::LiveState.
struct Live {
  double received;  // seconds
  double heard;     // seconds
  double level;
  double pulse;  // 0 or 1
  double confidence;
  double bpm;
  double beat_in_bar;  // of the next beat
  double beats_per_bar;
  double bar_confidence;
  double next[8];  // seconds; 0 without a pulse
};

}  // namespace terpsi::wasm

extern "C" {
// Forgets what was heard. 0: the rate is outside 8 to 192 kHz.
int live_begin(int rate);
// Room for `count` mono samples, at most 65536; null when there are more.
float* live_buffer(int count);
// Hears the first `count` samples of the room. 0: live_begin was not called, or count is outside the room.
int live_push(int count);
const terpsi::wasm::Live* live_state();
}
