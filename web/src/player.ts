// Plays the song and says which moment of it is heard now. AudioContext is the master clock of the whole page. A dance
// without a song plays silently: by the audio clock where it runs already, else by the steady one, which needs no press.

import type { Stretch } from './click';
import { SmoothClock } from './clock';

const SOON = 0.005; // seconds after which the audio engine is sure to start

export interface LoopRange {
  on: boolean;
  start: number; // seconds
  end: number; // seconds; not after start: the whole song
}

export class Player {
  private context: AudioContext | null = null;
  private buffer: AudioBuffer | null = null;
  private silence = 0; // seconds of the dance that plays without a song
  private now: (() => number) | null = null; // the clock of what plays, seconds; null: nothing does
  private ending: ReturnType<typeof setTimeout> | undefined; // of what plays silently
  private source: AudioBufferSourceNode | null = null;
  private startedAt = 0; // context time at which the source began
  private startedFrom = 0; // seconds of the song it began at
  private rest = 0; // where the song stands while paused
  private speedNow = 1;
  private loopNow: LoopRange = { on: false, start: 0, end: 0 };
  private readonly smooth = new SmoothClock();

  /** Called whenever the song starts to play, and with null when it stops: what leaves the audio engine, and when. */
  onStretch: (context: AudioContext | null, stretch: Stretch | null) => void = () => undefined;

  /** Called when the song ends by itself. */
  onEnd: () => void = () => undefined;

  get playing(): boolean {
    return this.now !== null;
  }

  get duration(): number {
    return this.buffer?.duration ?? this.silence;
  }

  load(buffer: AudioBuffer): void {
    this.unload();
    this.buffer = buffer;
    this.loopNow = { on: false, start: 0, end: 0 };
  }

  /** A dance of that length without a song. */
  loadSilent(seconds: number): void {
    this.unload();
    this.silence = seconds;
    this.loopNow = { on: false, start: 0, end: 0 };
  }

  unload(): void {
    this.halt();
    this.buffer = null;
    this.silence = 0;
    this.rest = 0;
  }

  /** Wakes the audio engine during a press of a key or button: browsers keep quiet otherwise. */
  async unlock(): Promise<void> {
    const context = this.open();
    if (context.state === 'suspended') await context.resume().catch(() => undefined);
    if (this.silence > 0 && this.playing) this.seek(this.heard()); // goes on by the audio clock
  }

  /** Must be called from a press of a key or button the first time: browsers keep quiet otherwise. */
  async play(): Promise<void> {
    if (this.playing) return;
    if (this.silence > 0) {
      if (this.rest >= this.silence - 0.02) this.rest = 0;
      this.begin(this.rest);
      return;
    }
    if (!this.buffer) return;
    const context = this.open();
    if (context.state !== 'running') await context.resume();
    if (this.playing || !this.buffer) return;
    if (this.rest >= this.buffer.duration - 0.02) this.rest = 0;
    this.begin(this.rest);
  }

  pause(): void {
    if (!this.playing) return;
    const at = this.heard();
    this.halt();
    this.rest = at;
  }

  stop(): void {
    this.halt();
    this.rest = 0;
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(seconds, 0), Math.max(0, this.duration - 0.01));
    if (this.playing) {
      this.halt();
      this.begin(to);
    } else {
      this.rest = to;
      this.smooth.reset();
    }
  }

  set speed(value: number) {
    const at = this.heard();
    this.speedNow = value;
    if (this.playing) this.seek(at);
  }

  get speed(): number {
    return this.speedNow;
  }

  set loop(range: LoopRange) {
    const at = this.heard();
    this.loopNow = range;
    if (this.playing) this.seek(at);
  }

  get loop(): LoopRange {
    return this.loopNow;
  }

  /** The moment of the song that leaves the loudspeaker now, seconds, read from the audio clock. */
  heard(): number {
    if (!this.now) return this.rest;
    return this.position((this.now() - this.startedAt) * this.speedNow);
  }

  /** heard(), smoothed for drawing. */
  drawn(now: number): number {
    return this.playing ? this.smooth.update(this.heard(), now, this.speedNow) : this.rest;
  }

  private position(played: number): number {
    const plain = this.startedFrom + Math.max(0, played);
    const { start, end } = this.range();
    if (this.loopNow.on && end > start && plain >= end) return start + ((plain - start) % (end - start));
    return Math.min(plain, this.duration);
  }

  private range(): { start: number; end: number } {
    const { start, end } = this.loopNow;
    return end > start ? { start, end: Math.min(end, this.duration) } : { start: 0, end: this.duration };
  }

  private open(): AudioContext {
    this.context ??= new AudioContext({ latencyHint: 'interactive' });
    return this.context;
  }

  /** What leaves the loudspeaker now, on the audio clock. */
  private audible(context: AudioContext): number {
    return context.currentTime - (context.outputLatency || context.baseLatency || 0);
  }

  private begin(from: number): void {
    const loop = this.loopNow.on ? this.range() : null;
    if (loop && from > loop.end) from = loop.start;
    this.startedFrom = from;
    const context = this.silence > 0 ? this.beginSilent(from) : this.beginSong(from);
    this.onStretch(
      context,
      context && { at: this.startedAt, from, speed: this.speedNow, loop, duration: this.duration },
    );
    this.smooth.reset();
  }

  /** The audio clock's context, or null where the steady clock is used. */
  private beginSilent(from: number): AudioContext | null {
    const context = this.context?.state === 'running' ? this.context : null;
    this.now = context ? () => this.audible(context) : () => performance.now() / 1000;
    this.startedAt = context ? context.currentTime + SOON : this.now();
    if (!this.loopNow.on) this.ending = setTimeout(() => this.ended(), ((this.silence - from) / this.speedNow) * 1000);
    return context;
  }

  private ended(): void {
    this.source = null;
    this.now = null;
    this.rest = this.duration;
    this.onStretch(null, null);
    this.onEnd();
  }

  private beginSong(from: number): AudioContext {
    const context = this.open();
    const source = context.createBufferSource();
    source.buffer = this.buffer;
    source.playbackRate.value = this.speedNow;
    if (this.loopNow.on) {
      const { start, end } = this.range();
      source.loop = true;
      source.loopStart = start;
      source.loopEnd = end;
    }
    source.connect(context.destination);
    source.onended = () => {
      if (this.source === source) this.ended();
    };
    this.startedAt = context.currentTime + SOON;
    source.start(this.startedAt, from);
    this.source = source;
    this.now = () => this.audible(context);
    return context;
  }

  private halt(): void {
    const source = this.source;
    if (this.playing) this.onStretch(null, null);
    this.source = null;
    this.now = null;
    clearTimeout(this.ending);
    if (source) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    this.smooth.reset();
  }
}
