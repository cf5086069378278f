// The live listener (wasm/live_api.h) as seen from TypeScript.

import type { CoreModule } from './core';

export interface LiveModule extends CoreModule {
  _live_begin(rate: number): number;
  _live_buffer(count: number): number;
  _live_push(count: number): number;
  _live_state(): number; // heap address of doubles: struct Live
}
