// A dance that goes round.
import { POSE_FLOATS } from '../../web/src/generated/abi';
import { FPS, loopOf, momentOf } from '../../web/src/live_loop';

/** A dance of `beats` beats: the root circles once in 16 beats and wanders, one joint swings with the beat. */
function dance(beats: number, tempo: number): Float32Array {
  const frames = Math.round((beats * 60 * FPS) / tempo);
  const poses = new Float32Array(frames * POSE_FLOATS);
  for (let i = 0; i < frames; ++i) {
    const beat = (i / FPS) * (tempo / 60);
    const at = i * POSE_FLOATS;
    poses[at] = Math.sin((beat / 16) * 2 * Math.PI) + 0.002 * beat;
    poses[at + 1] = 0.9;
    for (let q = 3; q < 99; q += 4) poses[at + q + 3] = 1;
    const angle = 0.4 * Math.cos(2 * Math.PI * beat);
    const sign = i % 3 === 0 ? -1 : 1; // q and -q are the same turn
    poses[at + 3] = sign * Math.sin(angle / 2);
    poses[at + 6] = sign * Math.cos(angle / 2);
  }
  return poses;
}

it('needs a dance that is long enough', () => {
  expect(loopOf(new Float32Array(0), 120)).toBeNull();
  expect(loopOf(dance(30, 120), 120)).toBeNull();
});

for (const tempo of [80, 110, 133]) {
  it(`goes round without a jump, on the beat, at ${tempo} beats per minute`, () => {
    const round = loopOf(dance(128, tempo), tempo)!;
    expect(round.beats % 8).toBe(0);
    expect(round.beats).toBeGreaterThanOrEqual(24);
    expect(round.seconds).toBeCloseTo((round.beats * 60) / tempo, 9);
    const frames = round.poses.length / POSE_FLOATS;
    expect(frames / FPS).toBeGreaterThan(round.seconds);
    const pose = (seconds: number): { x: number; angle: number } => {
      const place = Math.min(seconds * FPS, frames - 1);
      const a = Math.min(Math.floor(place), frames - 2) * POSE_FLOATS;
      const share = place - a / POSE_FLOATS;
      const angle = (at: number): number => 2 * Math.atan2(round.poses[at + 3]!, round.poses[at + 6]!);
      const near = (v: number): number => Math.atan2(Math.sin(v), Math.cos(v));
      return {
        x: round.poses[a]! * (1 - share) + round.poses[a + POSE_FLOATS]! * share,
        angle: near(angle(a)) * (1 - share) + near(angle(a + POSE_FLOATS)) * share,
      };
    };
    let before = pose(momentOf(round, 0));
    for (let beats = 0.02; beats < 2 * round.beats; beats += 0.02) {
      const now = pose(momentOf(round, beats));
      expect(Math.abs(now.x - before.x)).toBeLessThan(0.03);
      expect(Math.abs(now.angle - before.angle)).toBeLessThan(0.12);
      before = now;
    }
    for (const beats of [0, 5, round.beats - 1, round.beats + 3])
      expect(pose(momentOf(round, beats)).angle).toBeGreaterThan(0.33);
    expect(momentOf(round, -1)).toBeCloseTo(((round.beats - 1) * 60) / tempo, 6);
  });
}
