// MIDI files: broken ones first, then the core against the native executable, then the page.
import { existsSync, readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { CoreError, type Core } from '../../web/src/core';
import { closeSite, member, openCore, openSite, ready, root, runTerpsi, scratch, terpsi, type Served } from './support';

const files = scratch();
afterAll(() => files.remove());

/** 16 bars of 6/8, a dotted quarter lasting 0.6 s, after a pickup of one: bass, chords and drums. Format 0, 480 ticks. */
function jig(): Uint8Array {
  const body: number[] = [];
  const number = (n: number): number[] => (n < 128 ? [n] : [0x80 | (n >> 7), n & 127]);
  const event = (delta: number, ...bytes: number[]): void => void body.push(...number(delta), ...bytes);
  event(0, 0xff, 0x51, 3, 0x06, 0x1a, 0x80); // 400 000 us a quarter
  event(0, 0xff, 0x58, 4, 3, 3, 24, 8);
  for (let quaver = -3; quaver < 16 * 6; ++quaver) {
    if (quaver === 0) event(0, 0xff, 0x58, 4, 6, 3, 24, 8);
    const bar = Math.floor(quaver / 6);
    const drum = quaver % 6 === 0 ? 36 : quaver % 6 === 3 ? 38 : 42;
    const pitch = 60 + [0, 4, 7, 12, 7, 4][(quaver + 6) % 6]! + (bar % 2) * 5;
    event(0, 0x99, drum, 100);
    event(0, 0x90, pitch, 90);
    if (quaver % 6 === 0) event(0, 0x91, 36 + (bar % 2) * 5, 100);
    event(230, 0x99, drum, 0);
    event(0, 0x90, pitch, 0);
    event(quaver % 6 === 5 ? 0 : 10, 0x91, 36 + (bar % 2) * 5, 0);
    if (quaver % 6 === 5) event(10, 0xb0, 1, 0);
  }
  event(0, 0xff, 0x2f, 0);
  const length = (n: number): number[] => [n >> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  const text = (t: string): number[] => Array.from(t, (c) => c.charCodeAt(0));
  return Uint8Array.from([
    ...text('MThd'),
    ...length(6),
    0,
    0,
    0,
    1,
    480 >> 8,
    480 & 255,
    ...text('MTrk'),
    ...length(body.length),
    ...body,
  ]);
}

describe('the core', () => {
  let core: Core;
  beforeAll(async () => {
    core = await openCore();
  });

  it('refuses broken files with a sentence, and lives on', () => {
    const good = jig();
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(50),
      good.slice(0, 40),
      good.slice(0, good.length - 5),
      Uint8Array.from(good, (b, i) => (i === 9 ? 2 : b)),
    ]) {
      expect(() => core.playMidi(bytes)).toThrow(CoreError);
      expect(() => core.analyze()).toThrow(CoreError);
    }
    expect(() => core.playMidi(new Uint8Array(17 * 1024 * 1024))).toThrow(/16 MB/);
  });

  it('counts as it is written, and forgets the score with the next song', () => {
    const { samples, rate } = core.playMidi(jig());
    expect(rate).toBe(22050);
    expect(Math.max(...samples.subarray(0, 100_000))).toBeLessThanOrEqual(0.9001);
    expect(core.hear().length).toBe(0); // nothing for a beat network to do
    const music = core.count(null);
    expect(music.beatsPerBar).toBe(2);
    expect(music.tempo).toBeCloseTo(100, 3);
    expect(music.confidence).toBe(1);
    expect(Array.from(music.beatInBar.slice(0, 4))).toEqual([2, 1, 2, 1]);
    expect(music.beats[1]).toBeCloseTo(0.6, 5);
    core.setPcm(samples, rate);
    expect(core.hear().length).toBeGreaterThan(0);
    expect(core.count(null).beatsPerBar).toBeGreaterThan(2); // by ear: 3 or 4
  });

  it.skipIf(!existsSync(terpsi))('hears what the executable hears: the same beats, features within 1e-4', () => {
    const corpus = ['good_format1.mid', 'good_changes.mid', 'good_smpte2997_tempo.mid'].map(
      (name) => `${root}/tests/corpus/midi/${name}`,
    );
    for (const path of [files.write('jig.mid', Buffer.from(jig())), ...corpus]) {
      const made = `${files.path}/heard.npz`;
      runTerpsi('analyze', path, '--npz', made);
      const archive = readFileSync(made);
      core.playMidi(new Uint8Array(readFileSync(path)));
      const music = core.analyze();
      expect(Array.from(music.beats), path).toEqual(Array.from(member(archive, 'beats')));
      const features = core.features();
      const native = member(archive, 'features');
      expect(features.length).toBe(native.length);
      let most = 0;
      features.forEach((v, i) => (most = Math.max(most, Math.abs(v - native[i]!))));
      console.log(
        `${path.split('/').pop()}: ${music.beats.length} beats the same, features at most ${most.toExponential(2)} apart`,
      );
      expect(most).toBeLessThan(1e-4);
    }
  });
});

describe('the page', () => {
  let served: Served;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [served, browser] = await openSite();
    page = await browser.newPage({ viewport: { width: 960, height: 640 } });
    await page.goto(`${served.url}?backend=wasm`);
    await ready(page);
  });
  afterAll(() => closeSite(served, browser));

  /** Drops a file anywhere on the page. */
  const drop = (name: string, bytes: Uint8Array): Promise<void> =>
    page.evaluate(
      ([called, values]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(values)], called));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      [name, Array.from(bytes)] as const,
    );

  it('a broken file: says so', async () => {
    await drop('broken.mid', jig().slice(0, 300));
    await page.waitForSelector('#notice:not([hidden])', { timeout: 60_000 });
    expect(await page.textContent('#notice-text')).toMatch(/MIDI file is cut short/);
    await page.click('#notice-close');
  });

  it('a song: is played and danced, with the bars of the score', async () => {
    await drop('a jig.mid', jig());
    await page.waitForFunction(() => window.__terpsi.progress() >= 1 && window.__terpsi.frames() > 0, null, {
      timeout: 240_000,
    });
    const seen = await page.evaluate(() => ({
      perBar: window.__terpsi.beatsPerBar(),
      downbeats: window.__terpsi.downbeats(),
      tempo: window.__terpsi.tempo(),
      duration: window.__terpsi.duration(),
      frames: window.__terpsi.frames(),
    }));
    expect(seen.perBar).toBe(2);
    expect(seen.tempo).toBeCloseTo(100, 2);
    seen.downbeats.forEach((t, k) => expect(t).toBeCloseTo(0.6 + 1.2 * k, 4));
    expect(seen.downbeats.length).toBeGreaterThanOrEqual(16);
    expect(seen.frames).toBe(Math.round(seen.duration * 30));
    if (!(await page.evaluate(() => window.__terpsi.playing()))) await page.keyboard.press('Space'); // over already: again
    await page.waitForFunction(() => window.__terpsi.playing());
    expect(await page.textContent('#title')).toBe('a jig');
    const before = await page.evaluate(() => window.__terpsi.joints());
    await page.waitForFunction(
      (t) => window.__terpsi.drawnTime() > t + 0.5,
      await page.evaluate(() => window.__terpsi.drawnTime()),
      { timeout: 60_000 },
    );
    const after = await page.evaluate(() => window.__terpsi.joints());
    expect(after.some((v, i) => Math.abs(v - before[i]!) > 0.02)).toBe(true);
  });
});
