// The live clock: a dance of even beats kept on beats that are said ahead.
import { LiveClock, type Pulse } from '../../web/src/live_clock';

const FRAME = 1 / 60;

interface Seen {
  time: number;
  beats: number;
  speed: number;
  presence: number;
}

/** Runs the clock from `from` to `to`; `music` says at every thirtieth of a second what is heard. */
function run(clock: LiveClock, from: number, to: number, music: (now: number) => Pulse): Seen[] {
  const seen: Seen[] = [];
  let next = from;
  for (let time = from; time < to; time += FRAME) {
    if (time >= next) {
      clock.hear(music(time));
      next += 1 / 30;
    }
    seen.push({ time, ...clock.at(time) });
  }
  return seen;
}

/** Even beats at `first` + k * period; `noise` seconds of disorder in what is said. */
function even(first: number, period: number, noise = 0, place = (_: number): number => 0): (now: number) => Pulse {
  let seed = 1;
  return (now) => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    const k = Math.ceil((now - first) / period);
    return { beat: first + k * period + noise * (seed / 2 ** 31 - 1), period, heard: true, place: place(k) };
  };
}

/** How far the dance is from a beat when the music has one, seconds. */
function errors(seen: Seen[], first: number, period: number, after: number): number[] {
  return seen
    .filter(({ time }) => time > after)
    .map(({ time, beats }) => {
      const apart = beats - (time - first) / period;
      return Math.abs(apart - Math.round(apart)) * period;
    });
}

const most = (values: number[]): number => Math.max(...values);

it('survives pulses that make no sense', () => {
  const clock = new LiveClock(110);
  for (const period of [NaN, 0, -1, Infinity]) {
    clock.hear({ beat: 1, period, heard: true, place: 9 });
    const { beats, speed, presence } = clock.at(1);
    expect([beats, speed, presence].every(Number.isFinite)).toBe(true);
  }
  expect(clock.at(0.5).beats).toBe(clock.at(0.4).beats); // clocks that go back
});

it('stands while nothing is heard, and comes in on the beat', () => {
  const clock = new LiveClock(110);
  const silence = run(clock, 0, 3, () => ({ beat: 0, period: 0, heard: false, place: 0 }));
  expect(most(silence.map(({ presence }) => presence))).toBe(0);
  expect(most(silence.map(({ beats }) => beats))).toBe(0);
  const seen = run(clock, 3, 10, even(0.13, 0.5));
  expect(most(errors(seen, 0.13, 0.5, 3.1))).toBeLessThan(0.005);
  expect(seen[seen.length - 1]!.presence).toBe(1);
});

it('stays on the beat where pictures are few and far between', () => {
  const clock = new LiveClock(110);
  const music = even(0.2, 0.5);
  const seen: Seen[] = [];
  for (let time = 0; time < 20; time += 0.3 + 0.5 * ((time * 7.3) % 1)) {
    clock.hear(music(time));
    seen.push({ time, ...clock.at(time) });
  }
  expect(most(errors(seen, 0.2, 0.5, 3))).toBeLessThan(0.03);
});

it('stays on noisy beats and never goes back or jumps', () => {
  const clock = new LiveClock(110);
  const seen = run(clock, 0, 30, even(0.2, 0.52, 0.02));
  expect(most(errors(seen, 0.2, 0.52, 4))).toBeLessThan(0.02);
  for (let i = 1; i < seen.length; ++i) {
    const step = seen[i]!.beats - seen[i - 1]!.beats;
    expect(step).toBeGreaterThanOrEqual(0);
    if (seen[i - 1]!.presence > 0.05) expect(step).toBeLessThan(1.2 * (FRAME / 0.52));
  }
});

it('meets beats that moved within some seconds, without a jump', () => {
  const clock = new LiveClock(110);
  run(clock, 0, 10, even(0, 0.5));
  const moved = run(clock, 10, 20, even(0.15, 0.5));
  expect(most(errors(moved, 0.15, 0.5, 14))).toBeLessThan(0.02);
  for (const { speed } of moved) {
    expect(speed).toBeGreaterThan(2 * 0.85);
    expect(speed).toBeLessThan(2 * 1.15);
  }
});

it('follows a new tempo', () => {
  const clock = new LiveClock(110);
  run(clock, 0, 10, even(0, 0.5));
  const seen = run(clock, 10, 20, even(0.1, 0.43));
  expect(most(errors(seen, 0.1, 0.43, 15))).toBeLessThan(0.03);
});

it('dances half or twice as fast as beats far from its own tempo', () => {
  const fast = new LiveClock(100);
  const slow = run(fast, 0, 12, even(0, 60 / 190));
  expect(fast.beatsPerHeard).toBe(0.5);
  expect(slow[slow.length - 1]!.speed).toBeCloseTo(95 / 60, 1);
  const other = new LiveClock(120);
  run(other, 0, 12, even(0, 60 / 56));
  expect(other.beatsPerHeard).toBe(2);
});

it('begins its count on the bar when that is known', () => {
  const clock = new LiveClock(110);
  const seen = run(
    clock,
    5,
    15,
    even(0.3, 0.5, 0, (k) => (((k % 4) + 4) % 4) + 1),
  );
  const { time, beats } = seen[seen.length - 1]!;
  const count = (time - 0.3) / 0.5;
  expect((((beats - count) % 4) + 4.01) % 4).toBeLessThan(0.05);
});

it('comes to rest when the beat is gone', () => {
  const clock = new LiveClock(110);
  run(clock, 0, 8, even(0, 0.5));
  const seen = run(clock, 8, 14, () => ({ beat: 0, period: 0, heard: false, place: 0 }));
  const last = seen[seen.length - 1]!;
  expect(last.presence).toBe(0);
  expect(last.speed).toBe(0);
  const back = run(clock, 14, 20, even(0.2, 0.5));
  expect(most(errors(back, 0.2, 0.5, 14.2))).toBeLessThan(0.005);
});
