// The core module as the worker uses it, run by Node: first garbage, then a song.
import { CoreError, type Core, type DanceSettings, type TroupeSettings } from '../../web/src/core';
import { JOINT_FLOATS, MOTION_DIMS, POSE_FLOATS } from '../../web/src/generated/abi';
import { sectionsFrom } from '../../web/src/sections';
import { farthest, manifest, openCore } from './support';

const PLAIN: DanceSettings = { style: 'auto', sectionStyles: '', energy: 0.5, variation: 0.3, seed: 1, mirror: false };
const ALONE: TroupeSettings = { dancers: 1, formation: 'unison', spacing: 2 };

let core: Core;
beforeAll(async () => {
  core = await openCore();
});

/** Makes a dance with a stand-in for the network: the mean motion plus a little of the noise and of the condition. */
function danceWith(
  style: string,
  seed: number,
  more: Partial<DanceSettings> = {},
): { poses: Float32Array; steps: number; first: number } {
  core.begin({ ...PLAIN, style, seed, ...more });
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
  return { poses: core.update(more.mirror ?? false), steps, first };
}

describe('garbage', () => {
  it('a manifest that is none', () => {
    for (const text of ['', '{', 'null', '[]', '{"models":[]}', '{"manifest_version":99,"models":[{}]}']) {
      expect(() => core.loadManifest(text), text).toThrow(CoreError);
    }
  });
  it('dancing before there is a song', () => {
    core.loadManifest(manifest());
    expect(() => core.begin(PLAIN)).toThrow(/song/);
    expect(core.next()).toBeNull();
    expect(() => core.update(false)).toThrow(CoreError);
    expect(() => core.export('bvh', 'x')).toThrow(/no dance/);
    expect(() => core.export('dance', 'x')).toThrow(/no dance/);
    expect(() => core.musicJson()).toThrow(/no song/);
  });
  it('dance files that are none', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    for (const bad of [
      new Uint8Array(0),
      bytes('T'),
      bytes('TDNC'),
      bytes('This is a letter, not a dance.'),
      new Uint8Array(5000).fill(255),
    ]) {
      expect(() => core.openDance(bad), String(bad.length)).toThrow(CoreError);
      expect(() => core.takeDance(bad), String(bad.length)).toThrow(CoreError);
    }
    expect(() => core.openDance(new Uint8Array(5 * 1024 * 1024))).toThrow(/4 MB/);
    expect(() => core.update(false)).toThrow(/no dance/);
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
    expect(() => core.begin({ ...PLAIN, style: 'nonsense' })).toThrow(/hiphop/);
    for (const bad of [7, -1, NaN]) {
      expect(() => core.begin({ ...PLAIN, energy: bad })).toThrow(CoreError);
      expect(() => core.begin({ ...PLAIN, variation: bad })).toThrow(CoreError);
    }
    for (const bad of ['house', '=house', 'A=', 'A=nonsense', '99=house', 'A=house,'.repeat(100)]) {
      expect(() => core.begin({ ...PLAIN, sectionStyles: bad }), bad).toThrow(CoreError);
    }
    for (const bad of [
      { dancers: 0 },
      { dancers: 9 },
      { dancers: NaN },
      { spacing: 0.1 },
      { spacing: NaN },
      { formation: 'pyramid' as 'canon' },
    ]) {
      expect(() => core.setTroupe({ ...ALONE, ...bad }), JSON.stringify(bad)).toThrow(CoreError);
    }
  });

  it('refuses an answer of the network that is not finite', () => {
    core.begin({ ...PLAIN, style: 'hiphop' });
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
      const at = (joints: Float32Array, joint: number, axis: number): number =>
        joints[f * JOINT_FLOATS + joint * 3 + axis]!;
      expect(at(mirrored, 20, 0)).toBeCloseTo(-at(plain, 21, 0), 4); // wrists
      expect(at(mirrored, 20, 1)).toBeCloseTo(at(plain, 21, 1), 4);
    }
  });

  it('is danced otherwise with another variation', () => {
    danceWith('hiphop', 1, { variation: 0 });
    const same = core.joints();
    danceWith('hiphop', 1, { variation: 1 });
    expect(farthest(core.joints(), same, same.length / JOINT_FLOATS)).toBeGreaterThan(0.05);
  });

  it('is danced in another style in the section asked for, and in the old one far from it', () => {
    const sections = sectionsFrom(core.analyze().sections);
    const middle = Math.floor(sections.length / 2);
    const { start, end } = sections[middle]!;
    danceWith('hiphop', 1);
    const plain = core.joints();
    danceWith('hiphop', 1, { sectionStyles: `${middle + 1}=balletjazz` });
    expect(core.styleName()).toBe('hiphop');
    const styled = core.joints();
    const apart = (from: number, to: number): number => {
      const cut = (a: Float32Array): Float32Array =>
        a.slice(Math.round(from * 30) * JOINT_FLOATS, Math.round(to * 30) * JOINT_FLOATS);
      return farthest(cut(plain), cut(styled), Math.round(to * 30) - Math.round(from * 30));
    };
    console.log(
      `section ${middle + 1} from ${start.toFixed(1)} to ${end.toFixed(1)} s: ${apart(0, start - 4).toFixed(4)} m apart before, ${apart(start, end).toFixed(3)} m in it`,
    );
    expect(apart(0, start - 4)).toBeLessThan(1e-5);
    expect(apart(start + 1, end - 1)).toBeGreaterThan(0.05);
    danceWith('hiphop', 1, { sectionStyles: `${middle + 1}=hiphop` });
    expect(farthest(core.joints(), plain, plain.length / JOINT_FLOATS)).toBe(0);
  });

  it('is danced by several: beside each other, mirrored, one after the other', () => {
    danceWith('hiphop', 1);
    const alone = core.joints();
    const frames = alone.length / JOINT_FLOATS;
    const at = (joints: Float32Array, frame: number, joint: number, axis: number): number =>
      joints[frame * JOINT_FLOATS + 3 * joint + axis]!;
    const dance = (troupe: Partial<TroupeSettings>): Float32Array[] => {
      core.setTroupe({ ...ALONE, ...troupe });
      expect(core.update(false).length).toBe((troupe.dancers ?? 1) * frames * POSE_FLOATS);
      expect(core.dancers()).toBe(troupe.dancers);
      return Array.from({ length: core.dancers() }, (_, d) => core.joints(d));
    };
    for (const [a, b, c] of [dance({ dancers: 3 }), dance({ dancers: 3, spacing: 4 })] as [
      Float32Array,
      Float32Array,
      Float32Array,
    ][]) {
      for (const other of [b, c]) {
        // the same dance, elsewhere
        const [dx, dz] = [at(other, 0, 0, 0) - at(a, 0, 0, 0), at(other, 0, 0, 2) - at(a, 0, 0, 2)];
        expect(Math.hypot(dx, dz)).toBeGreaterThan(1.5);
        expect(
          farthest(
            other.map((v, i) => v - (i % 3 === 0 ? dx : i % 3 === 2 ? dz : 0)),
            a,
            frames,
          ),
        ).toBeLessThan(1e-3);
      }
    }
    const distance = (d: Float32Array[]): number =>
      Math.hypot(at(d[1]!, 0, 0, 0) - at(d[0]!, 0, 0, 0), at(d[1]!, 0, 0, 2) - at(d[0]!, 0, 0, 2));
    expect(distance(dance({ dancers: 2, spacing: 6 }))).toBeGreaterThan(
      distance(dance({ dancers: 2, spacing: 2 })) + 1,
    );
    const mirror = dance({ dancers: 2, formation: 'mirror' });
    for (let f = 100; f < 600; f += 100) {
      // the left wrist of the one is where the other's right one is, seen from the pelvis
      expect(at(mirror[1]!, f, 20, 0) - at(mirror[1]!, f, 0, 0)).toBeCloseTo(
        -(at(mirror[0]!, f, 21, 0) - at(mirror[0]!, f, 0, 0)),
        3,
      );
    }
    const canon = dance({ dancers: 2, formation: 'canon' });
    const height = (joints: Float32Array, f: number): number => at(joints, f, 20, 1);
    const delay = Math.round(2 * (60 / 118) * 30);
    let [late, now] = [0, 0];
    for (let f = 200; f < 500; ++f) {
      late += Math.abs(height(canon[1]!, f) - height(canon[0]!, f - delay));
      now += Math.abs(height(canon[1]!, f) - height(canon[0]!, f));
    }
    console.log(
      `canon: wrist heights ${(late / 300).toFixed(4)} m apart two beats later, ${(now / 300).toFixed(4)} m at once`,
    );
    expect(late).toBeLessThan(0.5 * now);
    const text = (dancer: number): string => new TextDecoder().decode(core.export('bvh', 'x', dancer));
    expect(text(0)).not.toBe(text(1));
    expect(() => core.export('bvh', 'x', 2)).toThrow(/no such dancer/);
    expect(() => core.joints(-1)).toThrow(/no such dancer/);
    expect(farthest(dance({ dancers: 1 })[0]!, alone, frames)).toBe(0);
  });

  it('is written as BVH and as a dance file', () => {
    const { poses } = danceWith('hiphop', 3);
    const text = new TextDecoder().decode(core.export('bvh', 'x'));
    expect(text.startsWith('HIERARCHY')).toBe(true);
    expect(Number(/Frames:\s*(\d+)/.exec(text)?.[1])).toBe(poses.length / POSE_FLOATS);
    const dance = core.export('dance', '<b>A title</b>');
    expect(new TextDecoder('latin1').decode(dance.subarray(0, 4))).toBe('TDNC');
    expect(dance.length).toBeGreaterThan(1000);
    expect(dance.length).toBeLessThan(100_000);
  });
});

describe('a dance file', () => {
  let file: Uint8Array;
  let joints: Float32Array;
  const frames = (): number => joints.length / JOINT_FLOATS;
  beforeAll(() => {
    core.setTroupe(ALONE);
    core.loadManifest(manifest());
    core.demoSong();
    core.analyze();
    danceWith('house', 7, { energy: 0.8 });
    joints = core.joints();
    file = core.export('dance', 'Ein <b>Tanz</b> für zwei');
  });
  const farFrom = (other: Float32Array): number => farthest(core.joints(), other, frames());

  it('is refused when a bit is wrong, and what was there stays', () => {
    for (const at of [4, 40, Math.floor(file.length / 2), file.length - 1]) {
      const damaged = file.slice();
      damaged[at]! ^= 8;
      expect(() => core.openDance(damaged), String(at)).toThrow(CoreError);
      expect(() => core.openDance(file.slice(0, at)), String(at)).toThrow(CoreError);
    }
    core.update(false);
    expect(farFrom(joints)).toBe(0);
  });

  it('opened by itself is the dance, with its beats and where it came from, and without a song', async () => {
    const other = await openCore(); // as within another page: no models, no song
    const music = other.openDance(file);
    expect(music.frames).toBe(frames());
    expect(music.duration).toBeCloseTo(frames() / 30, 6);
    expect(music.tempo).toBeCloseTo(118, 0);
    expect(music.beatsPerBar).toBe(4);
    expect(music.beats.length).toBeGreaterThan(100);
    expect(music.beatInBar.length).toBe(music.beats.length);
    expect(music.energy.length).toBe(frames());
    expect(Math.max(...music.energy)).toBeCloseTo(1, 5);
    expect([music.waveform.length, music.sections.length]).toEqual([0, 0]);
    expect([other.danceTitle(), other.styleName(), other.danceModel()]).toEqual([
      'Ein <b>Tanz</b> für zwei',
      'house',
      'student',
    ]);
    expect([other.progress(), other.readyFrames()]).toEqual([1, frames()]);
    other.update(false);
    expect(farthest(other.joints(), joints, frames())).toBeLessThan(0.01); // as the format keeps it
    expect(() => other.begin(PLAIN)).toThrow(CoreError);
    expect(() => other.musicJson()).toThrow(/no song/);
    expect(new TextDecoder().decode(other.export('bvh', 'x')).startsWith('HIERARCHY')).toBe(true);

    other.update(true);
    const mirrored = other.joints();
    other.update(false);
    expect(mirrored[3 * 20]).toBeCloseTo(-other.joints()[3 * 21]!, 4);
    other.setTroupe({ dancers: 2, formation: 'canon', spacing: 2 });
    other.update(false);
    expect(other.dancers()).toBe(2);
    other.setTroupe(ALONE);
    other.update(false);
    const again = await openCore();
    again.openDance(other.export('dance', 'Noch einmal'));
    again.update(false);
    expect(again.danceTitle()).toBe('Noch einmal');
    expect(farthest(again.joints(), other.joints(), frames())).toBeLessThan(0.01);
  });

  it('taken for the song keeps the song, and gives way to the next dance', () => {
    danceWith('hiphop', 1);
    const before = core.joints();
    core.takeDance(file);
    core.update(false);
    expect(farFrom(joints)).toBeLessThan(0.01);
    expect(core.styleName()).toBe('house');
    const music = JSON.parse(new TextDecoder().decode(core.musicJson())) as { frames: number; tempo_bpm: number };
    expect(music.frames).toBe(frames());
    expect(music.tempo_bpm).toBeCloseTo(118, 0);
    danceWith('hiphop', 1);
    expect(farFrom(before)).toBe(0);
    expect(core.danceTitle()).toBe('');
  });

  it('to another song is not taken', () => {
    core.setPcm(core.demoSong().samples.slice(0, 10 * 22050), 22050);
    core.analyze();
    danceWith('hiphop', 1);
    const before = core.joints();
    expect(() => core.takeDance(file)).toThrow(/for another song/);
    core.update(false);
    expect(farthest(core.joints(), before, before.length / JOINT_FLOATS)).toBe(0);
    core.openDance(file);
    expect(() => core.begin(PLAIN)).toThrow(/no song/);
  });
});
