// The core module as the worker uses it, run by Node: first garbage, then a song.
import { CoreError, JOINT_FLOATS, MOTION_DIMS, POSE_FLOATS, type Core } from '../../web/src/core';
import { farthest, manifest, openCore } from './support';

let core: Core;
beforeAll(async () => {
  core = await openCore();
});

/** Makes a dance with a stand-in for the network: the mean motion plus a little of the noise and of the condition. */
function danceWith(style: string, seed: number, mirror = false): { poses: Float32Array; steps: number; first: number } {
  core.begin({ style, energy: 0.5, seed, mirror });
  let steps = 0;
  let first = 0;
  for (let step = core.next(); step; step = core.next()) {
    expect(step.x.length).toBe(step.batch * step.window * MOTION_DIMS);
    expect(step.phrase.length).toBe(step.batch * step.window);
    const { x, cond, columns } = step;
    const answer = x.map((v, i) => {
      const column = (i % MOTION_DIMS) % columns;
      return 0.05 * v + 0.5 * (cond[Math.floor(i / MOTION_DIMS) * columns + column] ?? NaN);
    });
    core.feed(answer);
    steps += 1;
    if (first === 0) first = core.readyFrames();
  }
  expect(core.progress()).toBe(1);
  return { poses: core.update(mirror), steps, first };
}

describe('garbage', () => {
  it('a manifest that is none', () => {
    for (const text of ['', '{', 'null', '[]', '{"models":[]}', '{"manifest_version":99,"models":[{}]}']) {
      expect(() => core.loadManifest(text), text).toThrow(CoreError);
    }
  });
  it('dancing before there is a song', () => {
    core.loadManifest(manifest());
    expect(() => core.begin({ style: 'auto', energy: 0.5, seed: 1, mirror: false })).toThrow(/song/);
    expect(core.next()).toBeNull();
    expect(() => core.update(false)).toThrow(CoreError);
    expect(() => core.bvh()).toThrow(/no dance/);
    expect(() => core.danceFile('x')).toThrow(/no dance/);
  });
  it('songs that cannot be danced', () => {
    const second = 22050;
    const song = (n: number, f: (i: number) => number): Float32Array => new Float32Array(n).map((_, i) => f(i));
    const bad: [string, Float32Array, number][] = [
      ['empty', new Float32Array(0), second],
      ['one sample', song(1, () => 0.5), second],
      ['silent', song(5 * second, () => 0), second],
      ['NaN', song(5 * second, (i) => (i === 999 ? NaN : Math.sin(i))), second],
      ['infinite', song(5 * second, (i) => (i === 999 ? Infinity : Math.sin(i))), second],
    ];
    for (const [name, samples, rate] of bad) {
      core.setPcm(samples, rate);
      expect(() => core.analyze(), name).toThrow(CoreError);
    }
    expect(() => core.setPcm(new Float32Array(10), 100)).toThrow(/sample rate/i);
    expect(() => core.setPcm(new Float32Array(20 * 60 * 8000), 8000)).toThrow(/15 minutes/);
  });
  it('a constant (DC) is refused or gives finite numbers', () => {
    core.setPcm(new Float32Array(5 * 22050).fill(0.5), 22050);
    try {
      const music = core.analyze();
      expect(Number.isFinite(music.tempo)).toBe(true);
      expect(core.features().every(Number.isFinite)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(CoreError);
    }
  });
});

describe('the demo song', () => {
  it('is heard right', () => {
    core.loadManifest(manifest());
    const { samples, rate } = core.demoSong();
    expect(rate).toBe(22050);
    expect(samples.length / rate).toBeGreaterThan(30);
    const music = core.analyze();
    expect(music.tempo).toBeGreaterThan(117);
    expect(music.tempo).toBeLessThan(119);
    expect(music.beatsPerBar).toBe(4);
    expect(music.beats.length).toBe(music.beatInBar.length);
    expect(music.sections.length).toBeGreaterThan(3);
    expect(core.features().length).toBe(music.frames * 48);
  });

  it('refuses what the model does not know', () => {
    expect(() => core.begin({ style: 'nonsense', energy: 0.5, seed: 1, mirror: false })).toThrow(/hiphop/);
    expect(() => core.begin({ style: 'auto', energy: 7, seed: 1, mirror: false })).toThrow(CoreError);
    expect(() => core.begin({ style: 'auto', energy: NaN, seed: 1, mirror: false })).toThrow(CoreError);
  });

  it('refuses an answer of the network that is not finite', () => {
    core.begin({ style: 'hiphop', energy: 0.5, seed: 1, mirror: false });
    const step = core.next();
    expect(step).not.toBeNull();
    expect(() => core.feed(new Float32Array(step!.x.length).fill(NaN))).toThrow(CoreError);
  });

  it('is danced window by window, the first early; same seed same dance, another seed another', () => {
    const a = danceWith('hiphop', 1);
    const frames = a.poses.length / POSE_FLOATS;
    expect(Number.isInteger(frames)).toBe(true);
    expect(frames).toBeGreaterThan(900);
    expect(a.poses.every(Number.isFinite)).toBe(true);
    expect(a.first).toBeLessThan(frames);
    const joints = core.joints();
    expect(joints.length).toBe(frames * JOINT_FLOATS);
    danceWith('hiphop', 1);
    expect(farthest(core.joints(), joints, frames)).toBe(0);
    danceWith('hiphop', 2);
    expect(farthest(core.joints(), joints, frames)).toBeGreaterThan(0.01);
    danceWith('house', 1);
    expect(core.styleName()).toBe('house');
    expect(farthest(core.joints(), joints, frames)).toBeGreaterThan(0.01);
  });

  it('mirrors: left becomes right', () => {
    danceWith('hiphop', 1);
    const plain = core.joints();
    core.update(true);
    const mirrored = core.joints();
    for (let f = 0; f < 600; f += 50) {
      const at = (joints: Float32Array, joint: number, axis: number): number => joints[f * JOINT_FLOATS + joint * 3 + axis]!;
      expect(at(mirrored, 20, 0)).toBeCloseTo(-at(plain, 21, 0), 4); // wrists
      expect(at(mirrored, 20, 1)).toBeCloseTo(at(plain, 21, 1), 4);
    }
  });

  it('is written as BVH and as a dance file', () => {
    const { poses } = danceWith('hiphop', 3);
    const text = new TextDecoder().decode(core.bvh());
    expect(text.startsWith('HIERARCHY')).toBe(true);
    expect(Number(/Frames:\s*(\d+)/.exec(text)?.[1])).toBe(poses.length / POSE_FLOATS);
    const dance = core.danceFile('<b>A title</b>');
    expect(new TextDecoder('latin1').decode(dance.subarray(0, 4))).toBe('TDNC');
    expect(dance.length).toBeGreaterThan(1000);
    expect(dance.length).toBeLessThan(100_000);
  });
});
