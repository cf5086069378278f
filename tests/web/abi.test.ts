// What the generator reads from C++ headers.
import { abiOf } from '../../web/generate.mjs';
import * as abi from '../../web/src/generated/abi';
import { openModule } from './support';

it('reads constants, enums and fields by their names in TypeScript', () => {
  const header = `
    inline constexpr int kPoseFloats = 103;  // a comment = 5;
    enum CoreArray : int {
      kPcm,  // one, two
      kBeatInBar,
    };
    enum class Command : int { none, loop_start };
    struct Live {
      double received, // seconds
      double next[8];
      const float* x;
    };`.replace('received,', 'received;');
  expect(abiOf(header.replace(/^ {4}/gm, ''))).toEqual([
    'export const POSE_FLOATS = 103;\n',
    'export enum CoreArray {\n  pcm,\n  beatInBar,\n}\n',
    'export enum Command {\n  none,\n  loopStart,\n}\n',
    'export enum LiveField {\n  received,\n  next,\n  x,\n}\n',
  ]);
});

it('refuses enumerators with values, which it does not count', () => {
  expect(() => abiOf('enum A { kOne = 1, kTwo };')).toThrow(/kOne = 1/);
});

it('gives the layout that the core has', async () => {
  const module = await openModule();
  expect(module._core_demo_song()).toBe(1);
  expect(module._core_hear()).toBe(1);
  expect(module._core_array_size(abi.CoreArray.listenerInput) % abi.LISTENER_COLUMNS).toBe(0);
  expect(module._core_count(0)).toBe(1);
  const info = module._core_info() >> 3;
  const seconds = module._core_array_size(abi.CoreArray.pcm) / abi.ANALYSIS_RATE;
  expect(module.HEAPF64[info + abi.InfoField.duration]).toBeCloseTo(seconds, 6);
  expect(module.HEAPF64[info + abi.InfoField.sampleRate]).toBe(abi.ANALYSIS_RATE);
  expect(module.HEAPF64[info + abi.InfoField.tempoBpm]).toBeCloseTo(118, 0);
});
