// Plays the song and says which moment of it is heard now. AudioContext is the master clock of the whole page.

import type { Stretch } from './click';
import { SmoothClock } from './clock';

const SOON = 0.005; // seconds after which the audio engine surely starts when told to

export interface LoopRange {
  on: boolean;
  start: number; // seconds
  end: number; // seconds; not after start: the whole song
}

export class Player {
  private context: AudioContext | null = null;
  private buffer: AudioBuffer | null = null;
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
    return this.source !== null;
  }

  get duration(): number {
    return this.buffer?.duration ?? 0;
  }

  load(buffer: AudioBuffer): void {
    this.halt();
    this.buffer = buffer;
    this.rest = 0;
    this.loopNow = { on: false, start: 0, end: 0 };
  }

  unload(): void {
    this.halt();
    this.buffer = null;
    this.rest = 0;
  }

  /** Wakes the audio engine during a press of a key or button: browsers keep quiet otherwise. */
  async unlock(): Promise<void> {
    const context = this.open();
    if (context.state === 'suspended') await context.resume().catch(() => undefined);
  }

  /** Must be called from a press of a key or button the first time: browsers keep quiet otherwise. */
  async play(): Promise<void> {
    if (!this.buffer || this.playing) return;
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
    if (!this.context || !this.source) return this.rest;
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    return this.position((this.context.currentTime - latency - this.startedAt) * this.speedNow);
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

  private begin(from: number): void {
    const context = this.open();
    const source = context.createBufferSource();
    source.buffer = this.buffer;
    source.playbackRate.value = this.speedNow;
    if (this.loopNow.on) {
      const { start, end } = this.range();
      source.loop = true;
      source.loopStart = start;
      source.loopEnd = end;
      if (from > end) from = start;
    }
    source.connect(context.destination);
    source.onended = () => {
      if (this.source !== source) return;
      this.source = null;
      this.rest = this.duration;
      this.onStretch(null, null);
      this.onEnd();
    };
    this.startedAt = context.currentTime + SOON;
    this.startedFrom = from;
    source.start(this.startedAt, from);
    this.source = source;
    const { start, end } = this.range();
    this.onStretch(context, {
      at: this.startedAt,
      from,
      speed: this.speedNow,
      loop: this.loopNow.on ? { start, end } : null,
      duration: this.duration,
    });
    this.smooth.reset();
  }

  private halt(): void {
    const source = this.source;
    this.source = null;
    if (source) {
      source.onended = null;
      source.stop();
      source.disconnect();
      this.onStretch(null, null);
    }
    this.smooth.reset();
  }
}
