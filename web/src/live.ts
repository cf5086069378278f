// The live page: listens to what is playing and lets the dancer follow. main.ts gives it dances and draws.

import { SmoothClock } from './clock';
import { LiveClock, type Moment } from './live_clock';
import { InputError, LiveInput, type Source } from './live_input';
import { loopOf, momentOf, type Loop } from './live_loop';
import type { FromListener, Heard, ToListener } from './live_protocol';
import { need } from './page';

export type LiveState = 'closed' | 'choosing' | 'opening' | 'listening';

const DISPLAY = 0.025; // seconds from drawing to light, about a frame and a half
const STALE = 1; // seconds without an answer of the listener: nothing is heard any more

const dom = {
  microphone: need<HTMLButtonElement>('live-microphone'),
  tab: need<HTMLButtonElement>('live-tab'),
  stop: need<HTMLButtonElement>('live-stop'),
  tempo: need('live-tempo'),
  status: need('live-status'),
  confidence: need<HTMLMeterElement>('live-confidence'),
  style: need<HTMLSelectElement>('live-style'),
  timing: need<HTMLInputElement>('live-timing'),
  timingValue: need('live-timing-value'),
  latency: need('live-latency'),
  panel: need('live-panel'),
};

export interface LiveHost {
  base: string;
  /** A dance in the chosen style and tempo is wanted; takeDance gets it. */
  wantDance(): void;
  /** The live page was left; `why` in a sentence for people, '' when they chose to. */
  left(why: string): void;
  announce(text: string): void;
  wake(): void;
}

export class Live {
  private state: LiveState = 'closed';
  private worker: Worker | null = null;
  private ready: Promise<void> | null = null;
  private input: LiveInput | null = null;
  private attempt = 0; // number of the newest press; what belongs to an older one is dropped
  private heard: Heard | null = null;
  private heardAt = 0; // audio clock when that came, seconds
  private loop: Loop | null = null;
  private clock: LiveClock | null = null;
  private readonly smooth = new SmoothClock();
  private moment: Moment = { beats: 0, speed: 0, presence: 0 };
  private danceTime = 0; // of the loop, seconds
  private clockNow = 0; // audio clock at the last picture
  private age = 0; // mean delay of the listener's reports, seconds
  private trim = 0; // seconds, by ear and eye
  private spoken = '';
  private tempoOf: Record<string, number> = {};

  constructor(private readonly host: LiveHost) {
    dom.microphone.addEventListener('click', () => void this.open('microphone'));
    dom.tab.addEventListener('click', () => void this.open('tab'));
    dom.stop.addEventListener('click', () => this.close(''));
    dom.style.addEventListener('change', () => this.restyle());
    dom.timing.addEventListener('input', () => {
      this.trim = Number(dom.timing.value) / 1000;
      dom.timingValue.textContent = `${dom.timing.value} ms`;
    });
  }

  get active(): boolean {
    return this.state !== 'closed';
  }

  get listening(): boolean {
    return this.state === 'listening';
  }

  get style(): string {
    return dom.style.value;
  }

  /** The tempo of the style in the training data, beats per minute. */
  get tempo(): number {
    return Math.min(180, Math.max(70, this.tempoOf[this.style] ?? 110));
  }

  fillStyles(styles: { name: string; bpm: number }[]): void {
    this.tempoOf = Object.fromEntries(styles.map(({ name, bpm }) => [name, bpm]));
    dom.style.replaceChildren(
      ...styles.map(({ name }) => {
        const option = document.createElement('option');
        option.value = option.textContent = name;
        return option;
      }),
    );
    if (styles.some(({ name }) => name === 'hiphop')) dom.style.value = 'hiphop';
    this.restyle();
  }

  /** Offers the inputs, and has a dance made meanwhile. */
  choose(): void {
    this.state = 'choosing';
    this.show();
    this.restyle();
    void this.wantListener().catch(() => undefined);
    dom.microphone.focus();
  }

  close(why: string): void {
    if (!this.active) return;
    this.attempt += 1;
    this.tell({ kind: 'stop' });
    this.input?.close();
    this.input = null;
    this.heard = null;
    this.loop = null;
    this.clock = null;
    this.state = 'closed';
    this.show();
    this.host.left(why);
  }

  /** The dance that was wanted; returns the loop to show, or null when it is too short to loop. */
  takeDance(poses: Float32Array): Loop | null {
    this.loop = loopOf(poses, this.tempo);
    this.clock = new LiveClock(this.tempo);
    if (this.heard) this.follow(this.heard);
    return this.loop;
  }

  /** The moment of the loop to draw, and how much the dancer stands instead of dancing (0 to 1). */
  draw(now: number): { time: number; calm: number; pulse: boolean } {
    if (!this.input || !this.clock || !this.loop) return { time: 0, calm: 1, pulse: false };
    this.clockNow = this.smooth.update(this.input.context.currentTime, now, 1);
    if (this.heard && this.clockNow - this.heardAt > STALE) this.hear({ ...this.heard, pulse: false, confidence: 0 });
    this.moment = this.clock.at(this.clockNow + this.ahead);
    this.danceTime = momentOf(this.loop, this.moment.beats);
    return { time: this.danceTime, calm: 1 - this.moment.presence, pulse: this.moment.presence > 0.5 };
  }

  /** For the tests. */
  debug(): object {
    return {
      state: this.state,
      heard: this.heard,
      moment: { ...this.moment },
      clock: this.clockNow,
      ahead: this.ahead,
      danceTime: this.danceTime,
      roundBeats: this.loop?.beats ?? 0,
      roundSeconds: this.loop?.seconds ?? 0,
      beatsPerHeard: this.clock?.beatsPerHeard ?? 1,
      age: this.age,
    };
  }

  /** How far beyond the audio clock the dance is drawn: sound came this long ago, light comes this much later. */
  private get ahead(): number {
    return (this.input?.latency ?? 0) + DISPLAY + this.trim;
  }

  private restyle(): void {
    if (this.active && this.style) this.host.wantDance();
  }

  private tell(message: ToListener, transfer: Transferable[] = []): void {
    this.worker?.postMessage(message, transfer);
  }

  /** The listener, started when it is first needed. */
  private wantListener(): Promise<void> {
    this.ready ??= new Promise<void>((done, failed) => {
      const worker = new Worker(new URL('./live_worker.ts', import.meta.url), { type: 'module' });
      const broken = (): void => {
        this.ready = null;
        failed(new InputError('The part of the page that listens could not start. Reload the page.'));
      };
      worker.onerror = broken;
      worker.onmessage = ({ data }: MessageEvent<FromListener>) => {
        if (data.kind === 'ready') done();
        else if (data.kind === 'heard') this.hear(data.heard);
        else if (this.listening) this.close(data.message);
        else broken();
      };
      this.worker = worker;
      this.tell({ kind: 'start', base: this.host.base });
    });
    return this.ready;
  }

  private async open(source: Source): Promise<void> {
    if (this.state !== 'choosing') return;
    this.attempt += 1;
    const mine = this.attempt;
    this.state = 'opening';
    this.show();
    const context = new AudioContext({ latencyHint: 'interactive' });
    const { port1, port2 } = new MessageChannel();
    try {
      await this.wantListener();
      const input = await LiveInput.open(source, context, port1, () =>
        this.close('The sound has ended: the input was closed.'),
      );
      if (mine !== this.attempt) {
        input.close();
        return;
      }
      this.input = input;
      this.tell({ kind: 'listen', rate: context.sampleRate, port: port2 }, [port2]);
      this.smooth.reset();
      this.age = 0;
      this.state = 'listening';
      this.host.announce('Listening');
      this.show();
      dom.stop.focus();
    } catch (error) {
      if (context.state !== 'closed') void context.close();
      if (mine !== this.attempt) return;
      this.close(error instanceof Error ? error.message : 'The sound could not be opened. Try again.');
    }
  }

  private hear(heard: Heard): void {
    if (!this.input || this.state !== 'listening') return;
    this.heard = heard;
    this.heardAt = this.input.context.currentTime;
    const age = this.heardAt - heard.heard;
    if (heard.confidence > 0 || heard.level > 0) this.age = this.age === 0 ? age : this.age + (age - this.age) * 0.05;
    this.follow(heard);
    this.show();
    this.host.wake();
  }

  private follow({ beat, period, pulse, place }: Heard): void {
    this.clock?.hear({ beat, period, heard: pulse, place });
  }

  private show(): void {
    dom.panel.dataset['now'] = this.state;
    dom.microphone.disabled = dom.tab.disabled = this.state !== 'choosing';
    const heard = this.state === 'listening' ? this.heard : null;
    dom.tempo.textContent = heard?.pulse ? heard.tempo.toFixed(0) : '–';
    dom.confidence.value = heard?.confidence ?? 0;
    const status = this.words(heard);
    if (status !== this.spoken) {
      this.spoken = status;
      dom.status.textContent = status;
    }
    const ms = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;
    const own = this.input?.latency ?? 0;
    const text = heard
      ? `What is heard is ${ms(this.age + own)} old${own > 0 ? ` (${ms(own)} of it in the microphone)` : ''}; beats are predicted, so the dancer is not late.`
      : '';
    if (dom.latency.textContent !== text) dom.latency.textContent = text;
  }

  private words(heard: Heard | null): string {
    if (this.state === 'opening') return 'Allow the page to listen…';
    if (this.state !== 'listening') return 'Choose what the dancer listens to.';
    if (!heard || heard.level < 1e-4) return 'Silence. Play some music.';
    if (!heard.pulse) return 'Listening for a beat…';
    if (!this.loop) return 'Found the beat. The dance is being made…';
    return 'Dancing';
  }
}
