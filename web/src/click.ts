// Clicks on the beats of the song that plays, scheduled on the audio clock: one sound for beats, a higher one for the
// first of a bar.

/** One stretch of even playing: song second `from` leaves at clock second `at`, `speed` song seconds a second. */
export interface Stretch {
  at: number;
  from: number;
  speed: number;
  loop: { start: number; end: number } | null; // when `end` is reached it goes on at `start`
  duration: number;
}

export interface Click {
  at: number; // clock seconds
  high: boolean;
}

/** The clicks due between two moments of the clock, [begin, end). */
export function clicksBetween(
  beats: Float32Array,
  places: Float32Array,
  stretch: Stretch,
  begin: number,
  end: number,
): Click[] {
  const out: Click[] = [];
  // From here on the song is one line; a loop folds it.
  const { at, from, speed, loop } = stretch;
  const length = loop ? loop.end - loop.start : 0;
  const folds = loop !== null && length > 1e-3 && from < loop.end;
  const last = folds ? loop.end : stretch.duration;
  for (let i = 0; i < beats.length; ++i) {
    const beat = beats[i]!;
    const high = places[i] === 1;
    if (beat >= from && beat < last) {
      const when = at + (beat - from) / speed;
      if (when >= begin && when < end) out.push({ at: when, high });
    }
    if (!folds || beat < loop.start || beat >= loop.end) continue;
    // Once a round: the first round begins when the loop's end is reached for the first time.
    const first = at + (loop.end - from + beat - loop.start) / speed;
    const round = length / speed;
    for (let k = Math.max(0, Math.ceil((begin - first) / round)); first + k * round < end; ++k)
      out.push({ at: first + k * round, high });
  }
  return out.sort((a, b) => a.at - b.at);
}

const AHEAD = 0.3; // seconds that clicks are scheduled ahead
const EVERY = 100; // milliseconds between two looks

export class ClickTrack {
  private beats: Float32Array = new Float32Array(0);
  private places: Float32Array = new Float32Array(0);
  private sounds: { plain: AudioBuffer; high: AudioBuffer } | null = null;
  private context: AudioContext | null = null;
  private stretch: Stretch | null = null;
  private scheduled = 0; // clock second until which clicks are out
  private waiting: { source: AudioBufferSourceNode; at: number }[] = [];
  private timer = 0;
  private onNow = false;
  private count = 0;

  /** Clicks given to the audio engine so far, and when the newest sounds. */
  get made(): { count: number; newest: number } {
    return { count: this.count, newest: this.waiting[this.waiting.length - 1]?.at ?? 0 };
  }

  get on(): boolean {
    return this.onNow;
  }

  set on(value: boolean) {
    this.onNow = value;
    this.again();
  }

  setBeats(beats: Float32Array, places: Float32Array): void {
    this.beats = beats;
    this.places = places;
    this.again();
  }

  /** The song plays like this from now on; null: it does not play. */
  play(context: AudioContext | null, stretch: Stretch | null): void {
    this.context = context;
    this.stretch = stretch;
    this.again();
  }

  private again(): void {
    for (const { source } of this.waiting) {
      source.stop();
      source.disconnect();
    }
    this.waiting = [];
    window.clearInterval(this.timer);
    if (!this.onNow || !this.context || !this.stretch) return;
    this.scheduled = this.context.currentTime;
    this.schedule();
    this.timer = window.setInterval(() => this.schedule(), EVERY);
  }

  private schedule(): void {
    if (!this.context || !this.stretch) return;
    const now = this.context.currentTime;
    this.waiting = this.waiting.filter(({ at }) => at > now - 1);
    const until = now + AHEAD;
    if (until <= this.scheduled) return;
    this.sounds ??= { plain: tone(this.context, 880), high: tone(this.context, 1760) };
    for (const { at, high } of clicksBetween(this.beats, this.places, this.stretch, this.scheduled, until)) {
      const source = this.context.createBufferSource();
      source.buffer = high ? this.sounds.high : this.sounds.plain;
      source.connect(this.context.destination);
      source.start(at);
      this.waiting.push({ source, at });
      this.count += 1;
    }
    this.scheduled = until;
  }
}

/** A short ping, as `terpsi analyze --click` writes it. */
function tone(context: AudioContext, pitch: number): AudioBuffer {
  const rate = context.sampleRate;
  const buffer = context.createBuffer(1, Math.round(0.04 * rate), rate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; ++i)
    samples[i] = 0.5 * Math.exp(-i / rate / 0.008) * Math.sin((2 * Math.PI * pitch * i) / rate);
  return buffer;
}
