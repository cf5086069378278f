#pragma once
// The flat ABI between the page's listener (web/src/live_worker.ts) and core/audio/live/live_beat.h. One stream at
// a time.
//
//   live_begin(48000);
//   memcpy(live_buffer(128), ...);
//   live_push(128);  // live_state()

#include "wasm/core_api.h"

extern "C" {
// Forgets what was heard. 0: the rate is outside 8 to 192 kHz.
int live_begin(int rate);
// Room for `count` mono samples, at most 65536; null when there are more.
float* live_buffer(int count);
// Hears the first `count` samples of the room. 0: live_begin was not called, or count is outside the room.
int live_push(int count);
const terpsi::wasm::Live* live_state();
}
