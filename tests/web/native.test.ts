// The same song, seed and model: the page's dance and features against those of the native executable.
import { existsSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import {
  closeSite,
  farthest,
  member,
  models,
  openCore,
  openSite,
  ready,
  runTerpsi,
  scratch,
  terpsi,
  type Served,
} from './support';

let served: Served;
let browser: Browser;
const files = scratch();

beforeAll(async () => {
  [served, browser] = await openSite();
});
afterAll(async () => {
  await closeSite(served, browser);
  files.remove();
});

describe.skipIf(!existsSync(terpsi))('native and WebAssembly', () => {
  it('hear the same: features within 1e-4', async () => {
    const path = `${files.path}/features.npz`;
    runTerpsi('analyze', 'demo', '--listener', 'classical', '--npz', path);
    const native = member(readFileSync(path), 'features');
    const core = await openCore();
    core.demoSong();
    core.analyze();
    const ours = core.features();
    expect(ours.length).toBe(native.length);
    let most = 0;
    ours.forEach((v, i) => (most = Math.max(most, Math.abs(v - native[i]!))));
    console.log(`features: ${ours.length} values, at most ${most.toExponential(2)} apart`);
    expect(most).toBeLessThan(1e-4);
  });

  it('dance the same: every joint within 1 cm', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 240 } });
    await page.goto(`${served.url}?backend=wasm`);
    await ready(page);
    await page.click('#demo');
    await page.waitForFunction(() => window.__terpsi.progress() >= 1 && window.__terpsi.frames() > 0, null, {
      timeout: 240_000,
    });
    const cases = [
      { style: 'hiphop', more: [] },
      { style: 'salsa', more: [] },
      { style: 'modern', more: ['--section-styles', 'C=house', '--variation', '0.8'] },
    ];
    for (const { style, more } of cases) {
      const path = `${files.path}/${style}.json`;
      runTerpsi('dance', 'demo', '--style', style, '--seed', '1', ...more, '--models', models, '-o', path);
      const native = (JSON.parse(readFileSync(path, 'utf8')) as { positions: number[][][] }).positions;
      if (more.length > 0) {
        await page.focus('#variation');
        await page.fill('#variation', '80');
        await page.selectOption('#section', { label: 'All C' });
        await page.selectOption('#section-style', 'house');
      }
      const before = await page.evaluate(() => window.__terpsi.dance());
      await page.focus('#style');
      await page.selectOption('#style', style);
      await page.waitForFunction((n) => window.__terpsi.dance() > n && window.__terpsi.progress() >= 1, before, {
        timeout: 240_000,
      });
      const ours = await page.evaluate(() => window.__terpsi.danceJoints());
      expect(ours.length).toBe(native.length * 72);
      const flat = native.flat(2);
      const apart = farthest(ours, flat, native.length);
      console.log(
        `${[style, ...more].join(' ')}: ${native.length} frames, at most ${(apart * 1000).toFixed(3)} mm apart`,
      );
      const first = native.findIndex(
        (_, f) => farthest(ours.slice(72 * f, 72 * f + 72), flat.slice(72 * f, 72 * f + 72), 1) >= 1e-2,
      );
      expect(apart, `from frame ${first}`).toBeLessThan(1e-2);
    }
  }, 600_000);
});
