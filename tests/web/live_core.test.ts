// The live listener in WebAssembly: the same beats as natively, and cheap.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveModule } from '../../web/src/live_module';
import { Core } from '../../web/src/core';
import { floatWav, openModule, scratch, terpsi } from './support';

/** Beats as they were first said, from 5 s on, and seconds of work per second of sound. */
function listen(module: LiveModule, samples: Float32Array, rate: number, block: number): { beats: number[]; tempo: number; load: number } {
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
    const [received, next] = [module.HEAPF64[at]!, module.HEAPF64[at + 9]!];
    tempo = module.HEAPF64[at + 5]!;
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

it('says beats of the demo song ahead, like the native one, with little work', async () => {
  const module = await openModule<LiveModule>();
  const core = new Core(module);
  const { samples, rate } = core.demoSong();
  const { beats } = core.analyze();
  const heard = listen(module, samples, rate, 512);
  console.log(`live in WebAssembly: ${(100 * heard.load).toFixed(2)} % of one core, ${heard.tempo.toFixed(2)} BPM`);
  expect(heard.tempo).toBeCloseTo(118, 0);
  expect(heard.load).toBeLessThan(0.25);
  const late = heard.beats.filter((t) => t > 8 && t < beats[beats.length - 1]!);
  const met = late.filter((t) => beats.some((b) => Math.abs(b - t) < 0.03));
  expect(met.length / late.length).toBeGreaterThan(0.97);
  if (!existsSync(terpsi)) return;
  const files = scratch();
  execFileSync(terpsi, ['analyze', files.write('song.wav', floatWav(samples, rate)), '--live', join(files.path, 'live.json')], { stdio: 'ignore' });
  const native = JSON.parse(readFileSync(join(files.path, 'live.json'), 'utf8')) as { beats: number[]; tempo_bpm: number };
  files.remove();
  expect(Math.abs(native.tempo_bpm - heard.tempo)).toBeLessThan(0.05);
  const same = native.beats.filter((t) => t > 8).filter((t) => heard.beats.some((b) => Math.abs(b - t) < 0.005));
  expect(same.length / native.beats.filter((t) => t > 8).length).toBeGreaterThan(0.95);
});
