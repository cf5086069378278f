// The core (wasm/core_api.h) as seen from TypeScript. Runs in the worker; no function blocks on anything but arithmetic.

import { withText, type WasmModule } from './wasm';

export interface CoreModule extends WasmModule {
  _core_error(): number;
  _core_load_manifest(json: number, size: number): number;
  _core_choose_model(name: number): number;
  _core_pcm(count: number, rate: number): number;
  _core_demo_song(): number;
  _core_midi(count: number): number;
  _core_load_midi(): number;
  _core_steady_song(bpm: number): number;
  _core_hear(): number;
  _core_activation(): number;
  _core_count(network: number): number;
  _core_info(): number;
  _core_array(which: number): number;
  _core_array_size(which: number): number;
  _core_begin(
    style: number,
    sectionStyles: number,
    energy: number,
    variation: number,
    seedLow: number,
    seedHigh: number,
  ): number;
  _core_dance(count: number): number;
  _core_open_dance(): number;
  _core_take_dance(): number;
  _core_dance_title(): number;
  _core_dance_model(): number;
  _core_music_json(): number;
  _core_style_name(): number;
  _core_style_reason(): number;
  _core_next(): number;
  _core_step(): number;
  _core_result(): number;
  _core_feed(): number;
  _core_progress(): number;
  _core_ready_frames(): number;
  _core_update(mirror: number): number;
  _core_set_troupe(dancers: number, formation: number, spacing: number): number;
  _core_dancers(): number;
  _core_place_joints(dancer: number): number;
  _core_write_bvh(dancer: number): number;
  _core_write_dance(title: number): number;
  _core_bytes(): number;
  _core_bytes_size(): number;
}

// enum Array in core_api.h
const enum Which {
  pcm,
  waveform,
  beats,
  beatInBar,
  sections,
  features,
  poses,
  joints,
  listenerInput,
  eights,
  energy,
  moments,
}

export const POSE_FLOATS = 103; // root 3, 24 quaternions x y z w, contacts 4
export const JOINT_FLOATS = 72; // 24 world positions
export const MOTION_DIMS = 151;
export const LISTENER_COLUMNS = 52;

export interface Music {
  duration: number; // seconds
  tempo: number; // beats per minute
  beatsPerBar: number;
  confidence: number; // 0 to 1
  frames: number;
  waveform: Float32Array; // 60 peaks a second
  beats: Float32Array; // seconds
  beatInBar: Float32Array;
  sections: Float32Array; // start, end, label
  eights: Float32Array; // starts of the counts of 8, seconds
  energy: Float32Array; // 30 a second, 0 to 1
  moments: Float32Array; // kind (0 build-up, 1 drop, 2 breakdown), start, end, strength
}

/** Tensors of one network evaluation. The arrays are views of the heap: valid until the next call of the core. */
export interface Step {
  batch: number;
  window: number;
  columns: number;
  x: Float32Array;
  t: Float32Array;
  cond: Float32Array;
  phrase: Int32Array;
  mask: Float32Array | null; // of models that take one
}

export interface DanceSettings {
  style: string; // a name of the model, or 'auto'
  sectionStyles: string; // where another style is danced: "B=house, 4=break" (core/generate/section_styles.h)
  energy: number; // 0 to 1
  variation: number; // 0: sections that return are danced alike; 1: anew
  seed: number; // 0 to 2^53 - 1
  mirror: boolean;
}

/** How several dancers dance one dance; the number of a name is the core's. */
export const FORMATIONS = ['unison', 'mirror', 'canon'] as const;
export type Formation = (typeof FORMATIONS)[number];
export const MAX_DANCERS = 8;

export interface TroupeSettings {
  dancers: number; // 1 to MAX_DANCERS
  formation: Formation;
  spacing: number; // metres between neighbours, 0.5 to 10
}

/** A problem with the input that the viewer can act on; its message is shown as it is. */
export class CoreError extends Error {}

export class Core {
  constructor(private readonly module: CoreModule) {}

  loadManifest(json: string): void {
    const size = this.module.lengthBytesUTF8(json);
    this.check(withText(this.module, json, (p) => this.module._core_load_manifest(p, size)));
  }

  chooseModel(name: string): void {
    this.check(withText(this.module, name, (p) => this.module._core_choose_model(p)));
  }

  setPcm(samples: Float32Array, rate: number): void {
    const pointer = this.module._core_pcm(samples.length, rate);
    if (pointer === 0 && samples.length > 0) this.check(0);
    this.module.HEAPF32.set(samples, pointer >> 2);
  }

  demoSong(): { samples: Float32Array; rate: number } {
    this.check(this.module._core_demo_song());
    const samples = this.copy(Which.pcm);
    return { samples, rate: 22050 };
  }

  /** Plays a MIDI file; its beats and bars count in place of a network's. */
  playMidi(bytes: Uint8Array): { samples: Float32Array; rate: number } {
    const pointer = this.module._core_midi(bytes.length);
    if (pointer === 0 && bytes.length > 0) this.check(0);
    this.module.HEAPU8.set(bytes, pointer);
    this.check(this.module._core_load_midi());
    return { samples: this.copy(Which.pcm), rate: 22050 };
  }

  /** Listens to the samples; what a beat network is to be given, LISTENER_COLUMNS a row; nothing where a score is counted. */
  hear(): Float32Array {
    this.check(this.module._core_hear());
    return this.copy(Which.listenerInput);
  }

  /** Beats, bars, sections of what was heard; by the network's answer where there is one. */
  count(activation: Float32Array | null): Music {
    if (activation) this.module.HEAPF32.set(activation, this.module._core_activation() >> 2);
    this.check(this.module._core_count(activation ? 1 : 0));
    return this.music();
  }

  /** A song of even beats, already heard and counted; its first beat is at 0 s. */
  steadySong(tempo: number): Music {
    this.check(this.module._core_steady_song(tempo));
    return this.music();
  }

  private music(): Music {
    const info = this.module._core_info() >> 3;
    const number = (i: number): number => this.module.HEAPF64[info + i] ?? 0;
    return {
      duration: number(0),
      tempo: number(1),
      beatsPerBar: number(2),
      confidence: number(3),
      frames: number(4),
      waveform: this.copy(Which.waveform),
      beats: this.copy(Which.beats),
      beatInBar: this.copy(Which.beatInBar),
      sections: this.copy(Which.sections),
      eights: this.copy(Which.eights),
      energy: this.copy(Which.energy),
      moments: this.copy(Which.moments),
    };
  }

  analyze(): Music {
    this.hear();
    return this.count(null);
  }

  features(): Float32Array {
    return this.copy(Which.features);
  }

  /** Starts a dance to the analysed song. */
  begin(settings: DanceSettings): void {
    const low = settings.seed >>> 0;
    const high = Math.floor(settings.seed / 2 ** 32) >>> 0;
    this.check(
      withText(this.module, settings.style, (style) =>
        withText(this.module, settings.sectionStyles, (places) =>
          this.module._core_begin(style, places, settings.energy, settings.variation, low, high),
        ),
      ),
    );
  }

  /** Reads a dance file and shows it by itself: the song is forgotten. What the file knows of its song. */
  openDance(bytes: Uint8Array): Music {
    this.givePlace(bytes);
    this.check(this.module._core_open_dance());
    return this.music();
  }

  /** Reads a dance file and shows it as the dance to the song that is there. */
  takeDance(bytes: Uint8Array): void {
    this.givePlace(bytes);
    this.check(this.module._core_take_dance());
  }

  /** Of the dance file on the stage; empty for dances made here. */
  danceTitle(): string {
    return this.module.UTF8ToString(this.module._core_dance_title());
  }

  danceModel(): string {
    return this.module.UTF8ToString(this.module._core_dance_model());
  }

  /** What a server needs to know of the song to dance to it, as JSON in UTF-8. */
  musicJson(): Uint8Array<ArrayBuffer> {
    this.check(this.module._core_music_json());
    return this.bytes();
  }

  styleName(): string {
    return this.module.UTF8ToString(this.module._core_style_name());
  }

  /** Why "auto" chose this style; empty where the viewer chose. */
  styleReason(): string {
    return this.module.UTF8ToString(this.module._core_style_reason());
  }

  /** What the network is to be run on next, or null when every frame is made. */
  next(): Step | null {
    if (this.module._core_next() === 0) return null;
    const m = this.module;
    const at = m._core_step() >> 2;
    const field = (i: number): number => m.HEAP32[at + i] ?? 0;
    const [batch, window, columns] = [field(0), field(1), field(2)];
    const floats = (i: number, n: number): Float32Array => m.HEAPF32.subarray(field(i) >> 2, (field(i) >> 2) + n);
    return {
      batch,
      window,
      columns,
      x: floats(3, batch * window * MOTION_DIMS),
      t: floats(4, batch),
      cond: floats(5, batch * window * columns),
      phrase: m.HEAP32.subarray(field(6) >> 2, (field(6) >> 2) + batch * window),
      mask: field(7) === 0 ? null : floats(7, batch * window * MOTION_DIMS),
    };
  }

  feed(result: Float32Array): void {
    this.module.HEAPF32.set(result, this.module._core_result() >> 2);
    this.check(this.module._core_feed());
  }

  progress(): number {
    return this.module._core_progress();
  }

  readyFrames(): number {
    return this.module._core_ready_frames();
  }

  /** For how many update() finishes. */
  setTroupe(troupe: TroupeSettings): void {
    this.check(this.module._core_set_troupe(troupe.dancers, FORMATIONS.indexOf(troupe.formation), troupe.spacing));
  }

  /** Dancers in what update() made. */
  dancers(): number {
    return this.module._core_dancers();
  }

  /** The dance so far, POSE_FLOATS a frame; all frames of the lead, then those of the next dancer. */
  update(mirror: boolean): Float32Array {
    this.check(this.module._core_update(mirror ? 1 : 0));
    return this.copy(Which.poses);
  }

  /** World joint positions of one dancer of what update() made, JOINT_FLOATS a frame. */
  joints(dancer = 0): Float32Array {
    this.check(this.module._core_place_joints(dancer));
    return this.copy(Which.joints);
  }

  bvh(dancer = 0): Uint8Array<ArrayBuffer> {
    this.check(this.module._core_write_bvh(dancer));
    return this.bytes();
  }

  /** The lead's dance. */
  danceFile(title: string): Uint8Array<ArrayBuffer> {
    this.check(withText(this.module, title, (p) => this.module._core_write_dance(p)));
    return this.bytes();
  }

  private givePlace(dance: Uint8Array): void {
    const pointer = this.module._core_dance(dance.length);
    if (pointer === 0 && dance.length > 0) this.check(0);
    this.module.HEAPU8.set(dance, pointer);
  }

  private bytes(): Uint8Array<ArrayBuffer> {
    const at = this.module._core_bytes();
    return new Uint8Array(this.module.HEAPU8.subarray(at, at + this.module._core_bytes_size()));
  }

  private copy(which: Which): Float32Array {
    const at = this.module._core_array(which) >> 2;
    return this.module.HEAPF32.slice(at, at + this.module._core_array_size(which));
  }

  private check(ok: number): void {
    if (ok === 0) throw new CoreError(this.module.UTF8ToString(this.module._core_error()));
  }
}
