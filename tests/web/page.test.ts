// The page in a real Chromium, from the drop of a song to the saved dance.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { bright, changed, decodePng, type Image } from './png';
import {
  closeSite,
  farthest,
  floatWav,
  openCore,
  openPage,
  openSite,
  ready,
  scratch,
  wav,
  type Served,
} from './support';

const [WIDTH, HEIGHT] = [960, 640];
const STAGE = { x: 20, y: 60, width: 640, height: 390 }; // where no panel is

let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let song: string; // the synthesised song as a WAV file
let short: string; // its first seconds: one window
const files = scratch();
const complaints: string[] = [];

async function openReady(within: BrowserContext, query = ''): Promise<Page> {
  const opened = await openPage(within, served.url + query, complaints);
  await ready(opened);
  return opened;
}

const state = (p: Page, wanted: string, timeout = 120_000): Promise<unknown> =>
  p.waitForSelector(`body[data-state=${wanted}]`, { timeout });
const finished = (p: Page, after: number, timeout = 240_000): Promise<unknown> =>
  p.waitForFunction((n) => window.__terpsi.dance() > n && window.__terpsi.progress() >= 1, after, { timeout });
const dances = (p: Page): Promise<number[]> => p.evaluate(() => window.__terpsi.danceJoints());
const asleep = (p: Page): Promise<unknown> =>
  p.waitForFunction(() => window.__terpsi.asleep(), null, { timeout: 60_000 });

async function stage(p: Page): Promise<Image> {
  return decodePng(await p.screenshot({ clip: STAGE }));
}

beforeAll(async () => {
  const core = await openCore();
  const { samples, rate } = core.demoSong();
  song = files.write('Spring <img src=x onerror=alert(1)>.wav', wav(samples, rate));
  short = files.write('short.wav', floatWav(samples.slice(rate * 5, rate * 9), rate));
  [served, browser] = await openSite();
  context = await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT }, acceptDownloads: true });
  page = await openReady(context);
});

afterAll(async () => {
  await closeSite(served, browser);
  files.remove();
});

describe('files that are no songs', () => {
  beforeAll(() => page.emulateMedia({ reducedMotion: 'reduce' })); // the figure stands still: less to draw
  afterAll(() => page.emulateMedia({ reducedMotion: 'no-preference' }));
  const minutes = (n: number): Buffer =>
    wav(
      new Float32Array(n * 60 * 8000).map((_, i) => 0.5 * Math.sin(i * 0.3)),
      8000,
    );
  const cases: [string, () => Buffer, RegExp][] = [
    ['text.mp3', () => Buffer.from('This is a letter, not a song.\n'.repeat(50)), /not a song.*Choose an audio file/],
    ['empty.wav', () => Buffer.alloc(0), /empty/],
    ['one-sample.wav', () => wav(new Float32Array([0.5]), 44100), /second|short/i],
    ['silent.wav', () => wav(new Float32Array(44100 * 3), 44100), /silent|silence/i],
    ['nan.wav', () => floatWav(new Float32Array(44100 * 3).fill(NaN), 44100), /finite|number|silen/i],
    ['cut.wav', () => wav(new Float32Array(22050), 22050).subarray(0, 60), /.+/],
    ['twenty-minutes.wav', () => minutes(20), /20 minutes.*15 minutes/],
  ];
  for (const [name, make, message] of cases) {
    it(`${name}: says so, and the page stays usable`, async () => {
      await page.setInputFiles('#file', files.write(name, make()));
      await page.waitForSelector('#notice:not([hidden])', { timeout: 60_000 });
      expect(await page.textContent('#notice-text')).toMatch(message);
      await state(page, 'welcome');
      await page.click('#notice-close');
      expect(await page.isHidden('#notice')).toBe(true);
    });
  }
});

describe('a song', () => {
  it('is danced: the first frames come while the rest is being made', async () => {
    await page.setInputFiles('#file', song);
    await state(page, 'song');
    await finished(page, 0);
    const [early, frames, duration, tempo, engine] = await page.evaluate(
      () =>
        [
          window.__terpsi.firstFrames(),
          window.__terpsi.frames(),
          window.__terpsi.duration(),
          window.__terpsi.tempo(),
          window.__terpsi.engine(),
        ] as const,
    );
    console.log(`first poses: ${early} of ${frames} frames; engine: ${engine}`);
    expect(early).toBeGreaterThan(60);
    expect(early).toBeLessThan(frames);
    expect(frames).toBe(Math.round(duration * 30));
    expect(tempo).toBeGreaterThan(117);
    expect(tempo).toBeLessThan(119);
    expect(engine).toMatch(/^WebAssembly/); // the software WebGPU adapter is refused
    expect(await page.textContent('#title')).toContain('<img src=x'); // a title is text
    expect(await page.evaluate(() => document.querySelectorAll('#title img').length)).toBe(0);
  });

  it('moves in time with the audio clock: less than 20 ms apart after 30 s', async () => {
    if (!(await page.evaluate(() => window.__terpsi.playing()))) {
      await page.evaluate(() => window.__terpsi.seek(0));
      await page.keyboard.press('Space');
    }
    await page.waitForFunction(() => window.__terpsi.playing());
    await page.evaluate(() => window.__terpsi.seek(0));
    const started = Date.now();
    await page.waitForFunction(() => window.__terpsi.heardAtDraw() > 30, null, { timeout: 120_000 });
    const wall = (Date.now() - started) / 1000;
    const drift: number[] = [];
    for (let i = 0; i < 20; ++i) {
      drift.push(await page.evaluate(() => window.__terpsi.drawnTime() - window.__terpsi.heardAtDraw()));
      await page.waitForTimeout(60);
    }
    const middle = drift.map(Math.abs).sort((a, b) => a - b)[10]!;
    console.log(
      `drift after ${wall.toFixed(1)} s of playing: median ${(middle * 1000).toFixed(2)} ms, most ${(Math.max(...drift.map(Math.abs)) * 1000).toFixed(2)} ms`,
    );
    expect(Math.max(...drift.map(Math.abs))).toBeLessThan(0.02);
    expect(wall).toBeGreaterThan(29);
  });

  it('draws the pose of the very moment it says', async () => {
    const joints = await dances(page);
    for (let i = 0; i < 5; ++i) {
      const [drawn, time] = await page.evaluate(() => [window.__terpsi.joints(), window.__terpsi.drawnTime()] as const);
      const frame = Math.min(Math.floor(time * 30), joints.length / 72 - 2);
      const share = time * 30 - frame;
      const between = drawn.map(
        (_, k) => joints[frame * 72 + k]! * (1 - share) + joints[(frame + 1) * 72 + k]! * share,
      );
      expect(farthest(drawn, between, 1)).toBeLessThan(0.02);
      await page.waitForTimeout(150);
    }
    const still = joints.slice(72 * 90, 72 * 91);
    expect(farthest(joints.slice(72 * 105, 72 * 106), still, 1)).toBeGreaterThan(0.02);
  });

  it('shows it in pixels', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' }); // no trails, no easing: the picture depends on the time alone
    await page.keyboard.press('Space');
    await page.waitForFunction(() => !window.__terpsi.playing());
    const at = async (seconds: number): Promise<Image> => {
      await page.evaluate((t) => window.__terpsi.seek(t), seconds);
      await page.waitForFunction((t) => Math.abs(window.__terpsi.drawnTime() - t) < 1e-6, seconds);
      await asleep(page);
      return stage(page);
    };
    const [a, b, again] = [await at(10), await at(11.3), await at(10)];
    console.log(
      `pixels: dancer ${(bright(a, 90) * 100).toFixed(2)} % bright, ${(changed(a, b, 24) * 100).toFixed(2)} % differ between two moments, ` +
        `${(changed(a, again, 24) * 100).toFixed(3)} % when the first comes back`,
    );
    expect(bright(a, 90)).toBeGreaterThan(0.01);
    expect(changed(a, b, 24)).toBeGreaterThan(0.008);
    expect(changed(a, again, 24)).toBeLessThan(0.001);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  it('is danced otherwise in another style, with another seed, and mirrored', async () => {
    const before = await dances(page);
    let dance = await page.evaluate(() => window.__terpsi.dance());
    const other = await page.evaluate(
      () => window.__terpsi.styles().find((s) => s !== 'auto' && s !== 'lahiphop') ?? '',
    );
    await page.focus('#style'); // the twins of the drawn controls show while they have the focus
    await page.selectOption('#style', other);
    await finished(page, dance);
    const restyled = await dances(page);
    expect(farthest(restyled, before, 300)).toBeGreaterThan(0.05);
    expect((await page.evaluate(() => window.__terpsi.settings())).style).toBe(other);

    dance = await page.evaluate(() => window.__terpsi.dance());
    const seed = (await page.evaluate(() => window.__terpsi.settings())).seed;
    await page.focus('#regenerate');
    await page.click('#regenerate');
    await finished(page, dance);
    const renewed = await dances(page);
    expect((await page.evaluate(() => window.__terpsi.settings())).seed).not.toBe(seed);
    expect(farthest(renewed, restyled, renewed.length / 72)).toBeGreaterThan(0.05);

    await page.focus('#mirror');
    await page.check('#mirror');
    await page.waitForTimeout(1500);
    const mirrored = await dances(page);
    const [left, right] = [72 * 100 + 3 * 20, 72 * 100 + 3 * 21];
    expect(mirrored[left]).toBeCloseTo(-renewed[right]!, 3);
    expect(mirrored[left + 1]).toBeCloseTo(renewed[right + 1]!, 3);
  });

  it('is danced otherwise with another variation', async () => {
    const before = await dances(page);
    const dance = await page.evaluate(() => window.__terpsi.dance());
    await page.focus('#variation');
    await page.fill('#variation', '100');
    await finished(page, dance);
    expect((await page.evaluate(() => window.__terpsi.settings())).variation).toBe(1);
    expect(farthest(await dances(page), before, before.length / 72)).toBeGreaterThan(0.05);
  });

  it('is danced in another style in the section whose band was pressed, and as before until then', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    if (await page.evaluate(() => window.__terpsi.playing())) await page.keyboard.press('Space');
    const sections = await page.evaluate(() => window.__terpsi.sections());
    const index = sections.findIndex(
      (s, i) => s.start > 25 && sections.filter((o) => o.label === s.label).length === 1 && i + 1 < sections.length,
    );
    const { start, end } = sections[index]!;
    const before = await dances(page);
    const dance = await page.evaluate(() => window.__terpsi.dance());
    const band = await page.evaluate((i) => window.__terpsi.sectionPlace(i), index);
    expect(band.half).toBeGreaterThan(10);
    await page.mouse.click(band.x, band.y, { delay: 200 });
    await page.waitForTimeout(1000);
    await page.mouse.click(band.x - 80, band.y - 40, { delay: 200 }); // a style at the left of the menu that stands on the band
    await finished(page, dance);
    const chosen = (await page.evaluate(() => window.__terpsi.settings())).sectionStyles;
    console.log(`section ${index + 1} (${start.toFixed(1)} to ${end.toFixed(1)} s): ${chosen}`);
    expect(chosen).toMatch(/^[A-Z]=[a-z_]+$/);
    const styled = await dances(page);
    const apart = (from: number, to: number): number => {
      const [a, b] = [Math.round(from * 30) * 72, Math.round(to * 30) * 72];
      return farthest(styled.slice(a, b), before.slice(a, b), (b - a) / 72);
    };
    expect(apart(0, start - 12)).toBeLessThan(1e-3); // windows of 5 s that reach into the section may know of it
    expect(apart(start + 1, end - 1)).toBeGreaterThan(0.1);

    await page.focus('#section');
    await page.selectOption('#section', String(index));
    expect(await page.inputValue('#section-style')).toBe(chosen.slice(2));
    const next = await page.evaluate(() => window.__terpsi.dance());
    await page.selectOption('#section-style', '');
    await finished(page, next);
    expect((await page.evaluate(() => window.__terpsi.settings())).sectionStyles).toBe('');
    expect(farthest(await dances(page), before, before.length / 72)).toBeLessThan(1e-4);
  });

  it('is danced by three: drawn, in canon, and saved one by one', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.evaluate(() => window.__terpsi.seek(20));
    await asleep(page);
    const alone = await stage(page);
    const drawn = (n: number): Promise<unknown> =>
      page.waitForFunction((k) => window.__terpsi.joints().length === 72 * k, n, { timeout: 60_000 });
    await page.keyboard.press('3');
    await drawn(3);
    await asleep(page);
    const joints = await page.evaluate(() => window.__terpsi.joints());
    const pelvis = (d: number): [number, number] => [joints[72 * d]!, joints[72 * d + 2]!];
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as [number, number][]) {
      expect(Math.hypot(pelvis(a)[0] - pelvis(b)[0], pelvis(a)[1] - pelvis(b)[1])).toBeGreaterThan(1);
    }
    const three = await stage(page);
    const columns = (image: Image): number => {
      // groups of columns with bright pixels: bodies beside each other
      let [groups, before] = [0, false];
      for (let x = 0; x < image.width; ++x) {
        let lit = 0;
        for (let y = 0; y < image.height; ++y) {
          const at = (y * image.width + x) * image.channels;
          if ([0, 1, 2].every((c) => image.data[at + c]! > 110)) lit += 1;
        }
        if (lit > 4 && !before) groups += 1;
        before = lit > 4;
      }
      return groups;
    };
    console.log(`bodies seen beside each other: ${columns(alone)} alone, ${columns(three)} of three`);
    expect(changed(alone, three, 24)).toBeGreaterThan(0.02);
    expect(columns(three)).toBeGreaterThan(columns(alone));

    const inUnison = await page.evaluate(() => window.__terpsi.danceJoints(1));
    await page.focus('#formation');
    await page.selectOption('#formation', 'canon');
    await page.waitForTimeout(1500);
    const inCanon = await page.evaluate(() => window.__terpsi.danceJoints(1));
    expect(
      farthest(
        inUnison.map((v, i) => v - inUnison[i - (i % 72) + (i % 3)]!),
        inCanon.map((v, i) => v - inCanon[i - (i % 72) + (i % 3)]!),
        900,
      ),
    ).toBeGreaterThan(0.1);

    expect(await page.textContent('#save-bvh')).toContain('3');
    const names: string[] = [];
    const texts: string[] = [];
    const take = async (download: Download): Promise<void> => {
      names.push(download.suggestedFilename());
      texts.push(readFileSync((await download.path())!, 'utf8'));
    };
    page.on('download', (download) => void take(download));
    await page.click('#save-bvh');
    for (let i = 0; i < 60 && texts.length < 3; ++i) await page.waitForTimeout(250);
    page.removeAllListeners('download');
    expect(names.map((name) => name.slice(-6)).sort()).toEqual(['-1.bvh', '-2.bvh', '-3.bvh']);
    expect(new Set(texts).size).toBe(3);
    await page.focus('#dancers');
    await page.fill('#dancers', '1');
    await page.keyboard.press('Enter');
    await drawn(1);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  it('obeys the drawn buttons and the keyboard', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const playing = (): Promise<boolean> => page.evaluate(() => window.__terpsi.playing());
    const before = await playing();
    await page.mouse.move(50, HEIGHT - 172 - 14 + 34);
    await page.mouse.click(50, HEIGHT - 172 - 14 + 34, { delay: 200 }); // the round button of the transport
    await page.waitForFunction((was) => window.__terpsi.playing() !== was, before, { timeout: 30_000 });
    if (await playing()) await page.keyboard.press('Space');
    await page.waitForFunction(() => !window.__terpsi.playing());
    await page.mouse.click(WIDTH / 2, HEIGHT - 14 - 40, { delay: 200 }); // the middle of the timeline
    await page.waitForFunction(
      () => Math.abs(window.__terpsi.audioTime() / window.__terpsi.duration() - 0.5) < 0.02,
      null,
      { timeout: 30_000 },
    );
    const at = await page.evaluate(() => window.__terpsi.audioTime());
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => window.__terpsi.audioTime())).toBeCloseTo(at + 5, 2);
    const old = await stage(page);
    await page.mouse.move(300, 250);
    await page.mouse.down();
    await page.mouse.move(420, 260, { steps: 4 });
    await page.mouse.up();
    await asleep(page);
    expect(changed(old, await stage(page), 24)).toBeGreaterThan(0.01); // the camera went round
  });

  it('is saved as BVH and as a dance file', async () => {
    const save = async (button: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
      return readFileSync((await download.path())!);
    };
    const text = (await save('#save-bvh')).toString('utf8');
    const frames = await page.evaluate(() => window.__terpsi.frames());
    const joints = text.match(/^\s*(ROOT|JOINT) /gm) ?? [];
    const motion = text.slice(text.indexOf('MOTION')).trim().split('\n');
    const channels = [...text.matchAll(/CHANNELS (\d+)/g)].reduce((sum, m) => sum + Number(m[1]), 0);
    expect(joints.length).toBe(24);
    expect(motion[1]).toMatch(new RegExp(`^Frames:\\s*${frames}\\s*$`));
    expect(Number(motion[2]?.split(':')[1])).toBeCloseTo(1 / 30, 5);
    expect(motion.length).toBe(3 + frames);
    for (const line of [motion[3]!, motion[motion.length - 1]!]) {
      const numbers = line.trim().split(/\s+/).map(Number);
      expect(numbers.length).toBe(channels);
      expect(numbers.every(Number.isFinite)).toBe(true);
    }
    const dance = await save('#save-dance');
    expect(dance.toString('latin1', 0, 4)).toBe('TDNC');
  });
});

it('counts the download honestly and can be cancelled', async () => {
  const other = await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT } });
  const fresh = await openReady(other);
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => (release = done));
  await fresh.route('**/student*.onnx', async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await fresh.setInputFiles('#file', short);
  await fresh.waitForSelector('li[data-step=analyse][data-now=done]');
  expect(await fresh.getAttribute('li[data-step=download]', 'data-now')).toBe('doing');
  await fresh.click('#cancel');
  await state(fresh, 'welcome', 5000);
  release();
  await fresh.unroute('**/student*.onnx');
  await fresh.setInputFiles('#file', short);
  await state(fresh, 'song');
  await finished(fresh, 0);
  expect(
    await fresh.evaluate(() =>
      caches
        .open('terpsi-models-v1')
        .then((c) => c.keys())
        .then((k) => k.length),
    ),
  ).toBe(2); // generator and beat network
  await other.close();
});

it('gives the same dance through WebGPU as through WebAssembly', async () => {
  const made: number[][] = [];
  for (const backend of ['wasm', 'webgpu']) {
    const other = await browser.newContext({ viewport: { width: 320, height: 240 } });
    const fresh = await openReady(other, `?backend=${backend}`);
    await fresh.setInputFiles('#file', short);
    await finished(fresh, 0, 170_000);
    expect((await fresh.evaluate(() => window.__terpsi.engine())).toLowerCase()).toContain(
      backend === 'wasm' ? 'webassembly' : 'webgpu',
    );
    made.push(await dances(fresh));
    await other.close();
  }
  const frames = made[0]!.length / 72;
  const apart = farthest(made[0]!, made[1]!, frames);
  console.log(`WebGPU against WebAssembly: ${frames} frames, at most ${(apart * 1000).toFixed(3)} mm apart`);
  expect(made[1]!.length).toBe(made[0]!.length);
  expect(frames).toBeGreaterThan(60);
  expect(apart).toBeLessThan(1e-2);
}, 400_000);

it('never broke its content security policy nor threw', () => {
  expect(complaints.filter((text) => !/404|ERR_FAILED|net::/.test(text))).toEqual([]);
});
