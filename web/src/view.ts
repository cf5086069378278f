// The view (wasm/view/view_api.h) as seen from TypeScript: data in, input events in, commands out.

import type { Music } from './core';
import {
  Command,
  FRAME_FLOATS,
  JOINT_FLOATS,
  PointerKind,
  type Setting,
  ViewBuffer,
  type ViewText,
} from './generated/abi';
import { loadModule, withText, type WasmModule } from './wasm';

interface ViewModule extends WasmModule {
  _view_start(selector: number): number;
  _view_resize(width: number, height: number, scale: number, top: number): void;
  _view_buffer(which: number, count: number): number;
  _view_song(duration: number, tempo: number, beatsPerBar: number, confidence: number): void;
  _view_frames(dancers: number, count: number, total: number): number;
  _view_set(setting: number, value: number): void;
  _view_text(text: number, utf8: number): void;
  _view_pointer(event: number, id: number, x: number, y: number, button: number, touch: number): void;
  _view_wheel(x: number, y: number, dy: number): void;
  _view_shift(down: number): void;
  _view_home(): void;
  _view_camera(dx: number, dy: number, factor: number): void;
  _view_frame(time: number, now: number): number;
  _view_poll(values: number): number;
  _view_dancers(): number;
  _view_joints(): number;
  _view_drawn_time(): number;
  _view_cost(): number;
  _view_section_place(index: number): number;
}

export class View {
  private readonly values: number; // heap address of two doubles

  private constructor(private readonly module: ViewModule) {
    this.values = module._malloc(16);
  }

  /** Null when this browser has no WebGL2. */
  static async open(base: string, selector: string): Promise<View | null> {
    const module = await loadModule<ViewModule>(base, 'terpsi_view');
    return withText(module, selector, (p) => module._view_start(p)) === 1 ? new View(module) : null;
  }

  resize(width: number, height: number, scale: number, top: number): void {
    this.module._view_resize(width, height, scale, top);
  }

  showSong(music: Music): void {
    this.fill(ViewBuffer.waveform, music.waveform);
    this.fill(ViewBuffer.beats, music.beats);
    this.fill(ViewBuffer.beatInBar, music.beatInBar);
    this.fill(ViewBuffer.sections, music.sections);
    this.fill(ViewBuffer.eights, music.eights);
    this.fill(ViewBuffer.energyCurve, music.energy);
    this.fill(ViewBuffer.moments, music.moments);
    this.module._view_song(music.duration, music.tempo, music.beatsPerBar, music.confidence);
  }

  hideSong(): void {
    this.module._view_song(0, 0, 4, 0);
  }

  /** The dance so far, FRAME_FLOATS a frame, one dancer after the other; replaces what was shown. */
  showPoses(poses: Float32Array, dancers: number, total: number): void {
    this.fill(ViewBuffer.frames, poses);
    this.module._view_frames(dancers, poses.length / FRAME_FLOATS / dancers, total);
    this.module._view_buffer(ViewBuffer.frames, 0);
  }

  set(setting: Setting, value: number | boolean): void {
    this.module._view_set(setting, Number(value));
  }

  text(text: ViewText, value: string): void {
    withText(this.module, value, (p) => this.module._view_text(text, p));
  }

  home(): void {
    this.module._view_home();
  }

  turn(dx: number, dy: number, factor = 1): void {
    this.module._view_camera(dx, dy, factor);
  }

  shift(down: boolean): void {
    this.module._view_shift(down ? 1 : 0);
  }

  /** Draws the moment `time`; true when the next frame will differ. */
  frame(time: number, now: number): boolean {
    return this.module._view_frame(time, now) === 1;
  }

  /** Hands every waiting command of the viewer to `take`: its value, and what it is for. */
  poll(take: (command: Command, value: number, where: number) => void): void {
    for (;;) {
      const command: Command = this.module._view_poll(this.values);
      if (command === Command.none) return;
      const at = this.values >> 3;
      take(command, this.module.HEAPF64[at] ?? 0, this.module.HEAPF64[at + 1] ?? 0);
    }
  }

  /** World joint positions of every dancer drawn, the lead first. */
  joints(): Float32Array {
    const at = this.module._view_joints() >> 2;
    return this.module.HEAPF32.slice(at, at + JOINT_FLOATS * this.module._view_dancers());
  }

  /** Milliseconds that drawing the last picture took this thread. */
  cost(): number {
    return this.module._view_cost();
  }

  /** Where a section's band is drawn: middle and half its width, CSS pixels. */
  sectionPlace(index: number): { x: number; y: number; half: number } {
    const at = this.module._view_section_place(index) >> 2;
    const [x = 0, y = 0, half = 0] = this.module.HEAPF32.slice(at, at + 3);
    return { x, y, half };
  }

  drawnTime(): number {
    return this.module._view_drawn_time();
  }

  /** Mouse, pen and touch on the canvas. `wake` is called whenever something happened. */
  listen(canvas: HTMLCanvasElement, wake: () => void): void {
    const pass = (kind: PointerKind) => (event: PointerEvent) => {
      if (kind === PointerKind.down) canvas.setPointerCapture(event.pointerId);
      const box = canvas.getBoundingClientRect();
      const touch = event.pointerType === 'mouse' ? 0 : 1;
      this.shift(event.shiftKey);
      this.module._view_pointer(
        kind,
        event.pointerId,
        event.clientX - box.left,
        event.clientY - box.top,
        event.button,
        touch,
      );
      wake();
    };
    canvas.addEventListener('pointerdown', pass(PointerKind.down));
    canvas.addEventListener('pointermove', pass(PointerKind.move));
    canvas.addEventListener('pointerup', pass(PointerKind.up));
    canvas.addEventListener('pointercancel', pass(PointerKind.up));
    canvas.addEventListener('pointerleave', pass(PointerKind.leave));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 16 : 1;
        const box = canvas.getBoundingClientRect();
        this.module._view_wheel(event.clientX - box.left, event.clientY - box.top, event.deltaY * lines);
        wake();
      },
      { passive: false },
    );
  }

  private fill(which: ViewBuffer, values: Float32Array): void {
    const pointer = this.module._view_buffer(which, values.length);
    this.module.HEAPF32.set(values, pointer >> 2);
  }
}
