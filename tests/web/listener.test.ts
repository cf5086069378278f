// The beat network: the same beats natively and in WebAssembly, and the page that uses it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import type { Browser } from 'playwright-core';
import type { Core, Music } from '../../web/src/core';
import { LISTENER_COLUMNS } from '../../web/src/generated/abi';
import {
  closeSite,
  floatWav,
  manifest,
  models,
  openCore,
  openSite,
  ready,
  runTerpsi,
  scratch,
  terpsi,
  type Served,
} from './support';

interface Analysis {
  listener: string;
  beats: number[];
  downbeats: number[];
  tempo_bpm: number;
}

const files = scratch();
const listeners = (JSON.parse(manifest()) as { listeners: { name: string; role: string; file: string }[] }).listeners;
afterAll(() => files.remove());

async function countInWasm(
  core: Core,
  session: ort.InferenceSession,
  samples: Float32Array,
  rate: number,
): Promise<Music> {
  core.setPcm(samples, rate);
  const input = core.hear();
  const shape = [1, input.length / LISTENER_COLUMNS, LISTENER_COLUMNS];
  const { activation } = await session.run({ input: new ort.Tensor('float32', input, shape) });
  return core.count((await activation!.getData()) as Float32Array);
}

describe('the beat network', () => {
  it('is listed first among the listeners, and small', () => {
    expect(listeners[0]?.role).toBe('listener');
    expect(readFileSync(join(models, listeners[0]!.file)).length).toBeLessThan(2e6);
  });

  it.skipIf(!existsSync(terpsi))(
    'counts the same beats in WebAssembly as natively, at five tempi',
    async () => {
      ort.env.wasm.numThreads = 1;
      ort.env.logLevel = 'error';
      const session = await ort.InferenceSession.create(readFileSync(join(models, listeners[0]!.file)), {
        executionProviders: ['wasm'],
      });
      const core = await openCore();
      const { samples } = core.demoSong();
      for (const rate of [12000, 18000, 22050, 27000, 33000]) {
        const song = files.write(`song${rate}.wav`, floatWav(samples, rate));
        for (const classical of [true, false]) {
          const out = `${files.path}/analysis.json`;
          runTerpsi(
            'analyze',
            song,
            '--json',
            out,
            ...(classical ? ['--listener', 'classical'] : ['--models', models]),
          );
          const native = JSON.parse(readFileSync(out, 'utf8')) as Analysis;
          expect(native.listener).toBe(classical ? 'classical' : listeners[0]!.name);
          let ours: Music;
          if (classical) {
            core.setPcm(samples, rate);
            ours = core.analyze();
          } else {
            ours = await countInWasm(core, session, samples, rate);
          }
          expect(ours.tempo).toBeCloseTo(native.tempo_bpm, 3);
          expect(ours.beats.length).toBe(native.beats.length);
          const frames = (times: Iterable<number>): number[] => Array.from(times, (t) => Math.round(t * 30));
          expect(frames(ours.beats)).toEqual(frames(native.beats));
          const downbeats = Array.from(ours.beats).filter((_, k) => ours.beatInBar[k] === 1);
          expect(frames(downbeats)).toEqual(frames(native.downbeats));
        }
      }
    },
    300_000,
  );
});

describe('the page', () => {
  let served: Served;
  let browser: Browser;
  beforeAll(async () => {
    [served, browser] = await openSite();
  });
  afterAll(() => closeSite(served, browser));

  it('counts with the network; without it where it is told to, or cannot fetch it', async () => {
    const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
    await page.goto(`${served.url}?backend=wasm`);
    await ready(page);
    await page.click('#demo');
    await page.waitForFunction(() => window.__terpsi.counted() === 'network', null, { timeout: 120_000 });
    await page.selectOption('#listening', 'quick');
    await page.waitForFunction(() => window.__terpsi.counted() === 'classical', null, { timeout: 120_000 });
    await page.waitForFunction(() => window.__terpsi.progress() >= 1 && window.__terpsi.frames() > 0, null, {
      timeout: 240_000,
    });

    const blocked = await (await browser.newContext()).newPage();
    await blocked.route(`**/models/${listeners[0]!.file}*`, (route) => route.abort());
    await blocked.goto(`${served.url}?backend=wasm`);
    await ready(blocked);
    await blocked.click('#demo');
    await blocked.waitForFunction(() => window.__terpsi.counted() === 'classical', null, { timeout: 120_000 });
  }, 400_000);
});
