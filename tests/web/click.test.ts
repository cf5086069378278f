// When clicks sound: beats of the song on the audio clock, through speed, seeking and loops.
import { clicksBetween, type Stretch } from '../../web/src/click';

const beats = Float32Array.from({ length: 40 }, (_, k) => 0.25 + 0.5 * k); // to 19.75 s
const places = Float32Array.from(beats, (_, k) => (k % 4) + 1);
const plain: Stretch = { at: 10, from: 0, speed: 1, loop: null, duration: 20 };

/** All clicks of a long time, asked for in short spans as the page does. */
function all(stretch: Stretch, until: number, span = 0.3): { at: number; high: boolean }[] {
  const out: { at: number; high: boolean }[] = [];
  for (let k = 0; k * span < until; ++k)
    out.push(
      ...clicksBetween(beats, places, stretch, stretch.at + k * span, stretch.at + Math.min(until, (k + 1) * span)),
    );
  return out;
}

it('says nothing without beats, or for spans that are empty or turned round', () => {
  expect(clicksBetween(new Float32Array(0), new Float32Array(0), plain, 0, 100)).toEqual([]);
  expect(clicksBetween(beats, places, plain, 12, 12)).toEqual([]);
  expect(clicksBetween(beats, places, plain, 13, 12)).toEqual([]);
  expect(clicksBetween(beats, places, { ...plain, loop: { start: 3, end: 3 } }, 10, 100).length).toBe(40);
});

it('clicks on every beat, higher on the first of a bar', () => {
  const clicks = all(plain, 30);
  expect(clicks.length).toBe(40);
  clicks.forEach(({ at, high }, k) => {
    expect(at).toBeCloseTo(10.25 + 0.5 * k, 9);
    expect(high).toBe(k % 4 === 0);
  });
});

it('knows where the song was entered, and its speed', () => {
  const clicks = all({ ...plain, from: 5.3, speed: 0.5 }, 60);
  expect(clicks[0]!.at).toBeCloseTo(10 + (5.75 - 5.3) / 0.5, 6);
  expect(clicks[1]!.at - clicks[0]!.at).toBeCloseTo(1, 6);
  expect(clicks.length).toBe(29);
});

it('goes round with a loop', () => {
  // From 2 s to the end of the loop at 4 s, then 3 s to 4 s again and again.
  const clicks = all({ ...plain, from: 2, loop: { start: 3, end: 4 } }, 5);
  const heard = clicks.map(({ at }) => at - 10);
  const wanted = [0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4.25, 4.75];
  expect(heard.length).toBe(wanted.length);
  heard.forEach((t, k) => expect(t).toBeCloseTo(wanted[k]!, 5));
  expect(clicks[4]!.high).toBe(clicks[2]!.high); // the same beat of the song
  expect(
    clicksBetween(beats, places, { ...plain, from: 2, loop: { start: 3, end: 4 }, speed: 2 }, 10, 12.49).length,
  ).toBe(10);
});
