// The core (wasm/core_api.h) as seen from TypeScript. Runs in the worker; no function blocks on anything but arithmetic.

import { ANALYSIS_RATE, CoreArray, Formation, InfoField, MOTION_DIMS, StepField } from './generated/abi';
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
  _core_formats(): number;
  _core_export(extension: number, title: number, dancer: number): number;
  _core_bytes(): number;
  _core_bytes_size(): number;
}

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
  sectionStyles: string; // where another style is danced: "B=house, 4=break" (core/generate/plan/section_styles.h)
  energy: number; // 0 to 1
  variation: number; // 0: sections that return are danced alike; 1: anew
  seed: number; // 0 to 2^53 - 1
  mirror: boolean;
}

/** How several dancers dance one dance. */
export type FormationName = keyof typeof Formation;

export interface TroupeSettings {
  dancers: number; // 1 to MAX_DANCERS
  formation: FormationName;
  spacing: number; // metres between neighbours, 0.5 to 10
}

/** A row of core/format/export_table.h. */
export interface ExportFormat {
  extension: string; // without the dot
  mime: string;
  label: string; // for people
  every_dancer: boolean; // a file for each dancer of a troupe, else of the lead alone
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
    const samples = this.copy(CoreArray.pcm);
    return { samples, rate: ANALYSIS_RATE };
  }

  /** Plays a MIDI file; its beats and bars count in place of a network's. */
  playMidi(bytes: Uint8Array): { samples: Float32Array; rate: number } {
    const pointer = this.module._core_midi(bytes.length);
    if (pointer === 0 && bytes.length > 0) this.check(0);
    this.module.HEAPU8.set(bytes, pointer);
    this.check(this.module._core_load_midi());
    return { samples: this.copy(CoreArray.pcm), rate: ANALYSIS_RATE };
  }

  /** Listens to the samples. The input of a beat network, LISTENER_COLUMNS a row; empty when a score is counted. */
  hear(): Float32Array {
    this.check(this.module._core_hear());
    return this.copy(CoreArray.listenerInput);
  }

  /** Beats, bars, sections of what was heard; from the network's output where there is one. */
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
    const field = (name: InfoField): number => this.module.HEAPF64[info + name] ?? 0;
    return {
      duration: field(InfoField.duration),
      tempo: field(InfoField.tempoBpm),
      beatsPerBar: field(InfoField.beatsPerBar),
      confidence: field(InfoField.beatConfidence),
      frames: field(InfoField.frames),
      waveform: this.copy(CoreArray.waveform),
      beats: this.copy(CoreArray.beats),
      beatInBar: this.copy(CoreArray.beatInBar),
      sections: this.copy(CoreArray.sections),
      eights: this.copy(CoreArray.eights),
      energy: this.copy(CoreArray.energy),
      moments: this.copy(CoreArray.moments),
    };
  }

  analyze(): Music {
    this.hear();
    return this.count(null);
  }

  features(): Float32Array {
    return this.copy(CoreArray.features);
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
    this.writeDance(bytes);
    this.check(this.module._core_open_dance());
    return this.music();
  }

  /** Reads a dance file and shows it as the dance to the song that is loaded. */
  takeDance(bytes: Uint8Array): void {
    this.writeDance(bytes);
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

  /** The network's next input, or null when every frame is made. */
  next(): Step | null {
    if (this.module._core_next() === 0) return null;
    const m = this.module;
    const at = m._core_step() >> 2;
    const field = (name: StepField): number => m.HEAP32[at + name] ?? 0;
    const [batch, window, columns] = [field(StepField.batch), field(StepField.window), field(StepField.columns)];
    const floats = (name: StepField, count: number): Float32Array => {
      const start = field(name) >> 2;
      return m.HEAPF32.subarray(start, start + count);
    };
    const phrase = field(StepField.phrase) >> 2;
    return {
      batch,
      window,
      columns,
      x: floats(StepField.x, batch * window * MOTION_DIMS),
      t: floats(StepField.t, batch),
      cond: floats(StepField.cond, batch * window * columns),
      phrase: m.HEAP32.subarray(phrase, phrase + batch * window),
      mask: field(StepField.mask) === 0 ? null : floats(StepField.mask, batch * window * MOTION_DIMS),
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
    this.check(this.module._core_set_troupe(troupe.dancers, Formation[troupe.formation] ?? -1, troupe.spacing));
  }

  /** Dancers in what update() made. */
  dancers(): number {
    return this.module._core_dancers();
  }

  /** The dance so far, POSE_FLOATS a frame; all frames of the lead, then those of the next dancer. */
  update(mirror: boolean): Float32Array {
    this.check(this.module._core_update(mirror ? 1 : 0));
    return this.copy(CoreArray.poses);
  }

  /** World joint positions of one dancer of what update() made, JOINT_FLOATS a frame. */
  joints(dancer = 0): Float32Array {
    this.check(this.module._core_place_joints(dancer));
    return this.copy(CoreArray.joints);
  }

  formats(): ExportFormat[] {
    return JSON.parse(this.module.UTF8ToString(this.module._core_formats())) as ExportFormat[];
  }

  /** A file of the dance; of the lead alone unless the format is for every dancer. */
  export(extension: string, title: string, dancer = 0): Uint8Array<ArrayBuffer> {
    const done = withText(this.module, extension, (name) =>
      withText(this.module, title, (text) => this.module._core_export(name, text, dancer)),
    );
    this.check(done);
    return this.bytes();
  }

  private writeDance(dance: Uint8Array): void {
    const pointer = this.module._core_dance(dance.length);
    if (pointer === 0 && dance.length > 0) this.check(0);
    this.module.HEAPU8.set(dance, pointer);
  }

  private bytes(): Uint8Array<ArrayBuffer> {
    const at = this.module._core_bytes();
    return new Uint8Array(this.module.HEAPU8.subarray(at, at + this.module._core_bytes_size()));
  }

  private copy(which: CoreArray): Float32Array {
    const at = this.module._core_array(which) >> 2;
    return this.module.HEAPF32.slice(at, at + this.module._core_array_size(which));
  }

  private check(ok: number): void {
    if (ok === 0) throw new CoreError(this.module.UTF8ToString(this.module._core_error()));
  }
}
