// Dances to predicted beats: turns the listener's reports into a moment of a dance whose beats are even.

/** What the listener reports. Times are seconds of any one clock. */
export interface Pulse {
  beat: number; // a coming beat
  period: number; // seconds between beats
  heard: boolean; // false: there is no pulse
  place: number; // of that beat in its bar, 1 = downbeat, 0 = not known
}

export interface Moment {
  beats: number; // of the dance, from its start; never goes back
  speed: number; // beats of the dance per second
  presence: number; // 0 stands and breathes, 1 dances
}

const MAX_PULL = 0.12; // share by which the dance is hurried or held back to meet the beat
const PULL = 0.9; // of that share, per beat of error
const MAX_CHANGE = 3; // beats per second, per second
const ARRIVE = 1.2; // seconds until it dances in full
const LEAVE = 2.2; // seconds until it stands
const HIDDEN = 0.02; // presence below which nobody sees it jump
const STEP = 1 / 40; // seconds, at most, between two looks at the error
const LONGEST = 2; // seconds; after a longer pause of the page the dance just goes on
const FACTORS = [0.5, 1, 2];
const HYSTERESIS = 0.15; // octaves by which another factor must be better

export class LiveClock {
  private pulse: Pulse = { beat: 0, period: 0, heard: false, place: 0 };
  private index = 0; // number of the pulse's beat, counted since the pulse began
  private factor = 1; // beats of the dance to a beat heard
  private beats = 0;
  private speed = 0;
  private presence = 0;
  private last = -1; // clock at the last step

  /** `tempo` of the dance, beats per minute: beats heard at half or twice of it are danced at half or twice. */
  constructor(private readonly tempo: number) {}

  hear(pulse: Pulse): void {
    if (!pulse.heard || !(pulse.period > 0)) {
      this.pulse = { ...this.pulse, heard: false };
      return;
    }
    const counting = this.pulse.period > 0;
    if (counting) this.index += Math.round((pulse.beat - this.pulse.beat) / this.pulse.period);
    this.pulse = { ...pulse };
    this.choose();
    if (this.presence < HIDDEN) this.begin();
  }

  /** The moment of the dance at `now`; times must not decrease. */
  at(now: number): Moment {
    const passed = this.last < 0 ? 0 : Math.min(Math.max(now - this.last, 0), LONGEST);
    this.last = now;
    const steps = Math.max(1, Math.ceil(passed / STEP));
    for (let k = steps - 1; k >= 0; --k) this.step(now - (k * passed) / steps, passed / steps);
    return { beats: this.beats, speed: this.speed, presence: this.presence };
  }

  private step(now: number, step: number): void {
    const { heard, period } = this.pulse;
    let wanted = 0;
    if (heard) {
      const then = now - step;
      if (this.presence < HIDDEN) {
        const error = this.error(then);
        this.beats = Math.max(this.target(then), this.beats + (error < 0 ? error + 1 : error));
      }
      const pull = Math.max(-MAX_PULL, Math.min(MAX_PULL, this.error(then) * PULL));
      wanted = (this.factor / period) * (1 + pull);
      if (this.presence < HIDDEN) this.speed = wanted;
    }
    const change = MAX_CHANGE * step;
    this.speed += Math.max(-change, Math.min(change, wanted - this.speed));
    this.beats += this.speed * step;
    this.presence = Math.max(0, Math.min(1, this.presence + (heard ? step / ARRIVE : -step / LEAVE)));
  }

  /** Beats of the dance by which it is late at `now` (-0.5 to 0.5). */
  error(now: number): number {
    if (!(this.pulse.period > 0)) return 0;
    const apart = this.target(now) - this.beats;
    return apart - Math.round(apart);
  }

  private target(now: number): number {
    return this.factor * (this.index + (now - this.pulse.beat) / this.pulse.period);
  }

  get beatsPerHeard(): number {
    return this.factor;
  }

  private choose(): void {
    const far = (factor: number): number => Math.abs(Math.log2((factor * 60) / this.pulse.period / this.tempo));
    for (const factor of FACTORS) {
      if (far(factor) < far(this.factor) - HYSTERESIS) this.factor = factor;
    }
  }

  /** While unseen, aligns the count of the dance with the bar, if that is known. */
  private begin(): void {
    if (this.pulse.place > 0) this.index = 4 * Math.ceil(this.beats / this.factor / 4) + 4 + this.pulse.place - 1;
  }
}
