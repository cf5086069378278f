// A dance that loops: a piece of a finished dance from one 8-count to another, its end blended into its beginning.

import { POSE_FLOATS } from './generated/abi';

export const FPS = 30;
const COUNT = 8; // beats
const SHORTEST = 24; // beats, the shortest loop
const BLEND = 2; // beats in which the end blends into what came before the beginning
const FIRST = 8; // beats at the start that are not used: the dancer sets out there
const LAST = 8; // and at the end, where the dancer comes to rest

export interface Loop {
  poses: Float32Array; // POSE_FLOATS a frame, a little longer than the loop
  beats: number; // of the loop
  seconds: number;
}

/** The pose at `seconds` of a dance, between its frames; written to `out` from `at`. */
function sample(poses: Float32Array, seconds: number, out: Float32Array, at: number): void {
  const frames = poses.length / POSE_FLOATS;
  const place = Math.min(Math.max(seconds * FPS, 0), frames - 1);
  const first = Math.min(Math.floor(place), frames - 2);
  mix(poses, Math.max(0, first) * POSE_FLOATS, poses, Math.max(0, first + 1) * POSE_FLOATS, place - first, out, at);
}

/** Between two poses: root and contacts linearly, rotations by normalised linear interpolation along the shorter arc. */
function mix(
  a: Float32Array,
  from: number,
  b: Float32Array,
  to: number,
  share: number,
  out: Float32Array,
  at: number,
): void {
  const line = (k: number): number => a[from + k]! + (b[to + k]! - a[from + k]!) * share;
  for (let k = 0; k < 3; ++k) out[at + k] = line(k);
  for (let q = 3; q < 99; q += 4) {
    let dot = 0;
    for (let k = q; k < q + 4; ++k) dot += a[from + k]! * b[to + k]!;
    const sign = dot < 0 ? -1 : 1;
    let size = 0;
    for (let k = q; k < q + 4; ++k) {
      const value = a[from + k]! * (1 - share) + sign * b[to + k]! * share;
      out[at + k] = value;
      size += value * value;
    }
    size = Math.sqrt(size) || 1;
    for (let k = q; k < q + 4; ++k) out[at + k] = out[at + k]! / size;
  }
  for (let k = 99; k < POSE_FLOATS; ++k) out[at + k] = line(k);
}

/** Distance of two poses of a dance: twice the root's, metres, plus a sixth of the summed joint rotations, radians. */
function distance(poses: Float32Array, a: number, b: number): number {
  const [p, q] = [new Float32Array(POSE_FLOATS), new Float32Array(POSE_FLOATS)];
  sample(poses, a, p, 0);
  sample(poses, b, q, 0);
  let sum = 2 * Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!, p[2]! - q[2]!);
  for (let k = 3; k < 99; k += 4) {
    let dot = 0;
    for (let i = k; i < k + 4; ++i) dot += p[i]! * q[i]!;
    sum += (2 * Math.acos(Math.min(1, Math.abs(dot)))) / 6;
  }
  return sum;
}

/** Makes a dance of even beats loop; null when it is too short. Its first beat is at 0 s. */
export function loopOf(poses: Float32Array, tempo: number): Loop | null {
  const beat = 60 / tempo;
  const total = Math.floor(poses.length / POSE_FLOATS / FPS / beat);
  let best = Infinity;
  let [begin, end] = [0, 0];
  for (let a = FIRST; a + SHORTEST <= total - LAST; a += COUNT) {
    for (let b = a + SHORTEST; b <= total - LAST; b += COUNT) {
      let cost = 0;
      for (const before of [0, 0.5, 1, 1.5, 2]) cost += distance(poses, (a - before) * beat, (b - before) * beat);
      cost *= 1 + 16 / (b - a); // long loops rather than short ones
      if (cost < best) [best, begin, end] = [cost, a, b];
    }
  }
  if (end === 0) return null;

  const seconds = (end - begin) * beat;
  const frames = Math.ceil(seconds * FPS) + 2;
  const loop = new Float32Array(frames * POSE_FLOATS);
  const early = new Float32Array(POSE_FLOATS);
  for (let i = 0; i < frames; ++i) {
    const time = i / FPS;
    const left = (seconds - time) / beat; // beats to the end
    sample(poses, begin * beat + time, loop, i * POSE_FLOATS);
    if (left >= BLEND) continue;
    sample(poses, begin * beat + time - seconds, early, 0);
    const s = Math.min(1, 1 - left / BLEND);
    mix(loop, i * POSE_FLOATS, early, 0, s * s * (3 - 2 * s), loop, i * POSE_FLOATS);
  }
  return { poses: loop, beats: end - begin, seconds };
}

/** The moment of the loop, seconds, at a beat counted on and on. */
export function momentOf(loop: Loop, beats: number): number {
  const within = ((beats % loop.beats) + loop.beats) % loop.beats;
  return (within / loop.beats) * loop.seconds;
}
