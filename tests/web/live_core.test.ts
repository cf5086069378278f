// The live listener in WebAssembly: the same beats as natively, and cheap.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveModule } from '../../web/src/live_module';
import { Core } from '../../web/src/core';
import { LiveField } from '../../web/src/generated/abi';
import { floatWav, openModule, runTerpsi, scratch, terpsi } from './support';

/** Beats as they were first predicted, from 5 s on, and seconds of work per second of sound. */
function listen(
  module: LiveModule,
  samples: Float32Array,
  rate: number,
  block: number,
): { beats: number[]; tempo: number; load: number } {
  expect(module._live_begin(rate)).toBe(1);
  const beats: number[] = [];
  let spent = 0;
  let tempo = 0;
  for (let from = 0; from < samples.length; from += block) {
    const part = samples.subarray(from, from + block);
    const began = performance.now();
    module.HEAPF32.set(part, module._live_buffer(part.length) >> 2);
    expect(module._live_push(part.length)).toBe(1);
    spent += performance.now() - began;
    const at = module._live_state() >> 3;
    const field = (name: LiveField): number => module.HEAPF64[at + name]!;
    const [received, next] = [field(LiveField.received), field(LiveField.next)];
    tempo = field(LiveField.bpm);
    if (received > 5 && next > (beats[beats.length - 1] ?? 0) + 0.2) beats.push(next);
  }
  return { beats, tempo, load: (spent / 1000 / samples.length) * rate };
}

it('refuses what it cannot hear', async () => {
  const module = await openModule<LiveModule>();
  expect(module._live_push(0)).toBe(0); // not begun
  expect(module._live_begin(1000)).toBe(0);
  expect(module._live_begin(48000)).toBe(1);
  expect(module._live_buffer(-1)).toBe(0);
  expect(module._live_buffer(1 << 20)).toBe(0);
  module._live_buffer(128);
  expect(module._live_push(1 << 16)).toBe(0);
});

describe('the demo song', () => {
  let samples: Float32Array;
  let rate: number;
  let beats: number[]; // of the whole song, counted after the fact
  let heard: ReturnType<typeof listen>;
  const from = 8; // seconds: by then the tempo is found
  const near = (times: number[], t: number, seconds: number): boolean =>
    times.some((other) => Math.abs(other - t) < seconds);
  const share = (times: number[], others: number[], seconds: number): number =>
    times.filter((t) => near(others, t, seconds)).length / times.length;

  beforeAll(async () => {
    const module = await openModule<LiveModule>();
    const core = new Core(module);
    ({ samples, rate } = core.demoSong());
    beats = Array.from(core.analyze().beats).filter((t) => t > from);
    heard = listen(module, samples, rate, 512);
  });

  it('has nearly all of its beats predicted, and few others, with little work', () => {
    console.log(`live in WebAssembly: ${(100 * heard.load).toFixed(2)} % of one core, ${heard.tempo.toFixed(2)} BPM`);
    expect(beats.length).toBeGreaterThan(50);
    expect(heard.tempo).toBeCloseTo(118, 0);
    expect(heard.load).toBeGreaterThan(0);
    expect(heard.load).toBeLessThan(0.25);
    const last = beats[beats.length - 1]!;
    expect(share(beats, heard.beats, 0.03)).toBeGreaterThan(0.95);
    expect(
      share(
        heard.beats.filter((t) => t > from && t < last),
        beats,
        0.03,
      ),
    ).toBeGreaterThan(0.97);
  });

  it.skipIf(!existsSync(terpsi))('has the same beats predicted by the native executable', () => {
    const files = scratch();
    const out = join(files.path, 'live.json');
    runTerpsi('analyze', files.write('song.wav', floatWav(samples, rate)), '--live', out);
    const native = JSON.parse(readFileSync(out, 'utf8')) as { beats: number[]; tempo_bpm: number };
    files.remove();
    expect(native.beats.length).toBeGreaterThan(50);
    expect(Math.abs(native.tempo_bpm - heard.tempo)).toBeLessThan(0.05);
    expect(
      share(
        native.beats.filter((t) => t > from),
        heard.beats,
        0.005,
      ),
    ).toBeGreaterThan(0.95);
    expect(
      share(
        heard.beats.filter((t) => t > from),
        native.beats,
        0.005,
      ),
    ).toBeGreaterThan(0.95);
  });
});
