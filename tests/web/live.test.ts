// Listening live in a real Chromium, whose microphone plays a synthesised song over and over; and the clicks.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { closeSite, openCore, openPage, openSite, ready, scratch, wav, type LiveView, type Served } from './support';

declare global {
  interface Window {
    __tap: AnalyserNode; // a second ear of the test's own at the microphone
    __starts: { when: number; from: number; seconds: number }[]; // everything the page has the audio engine play
  }
}

let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let song: Float32Array;
let rate: number;
let beats: Float32Array;
const files = scratch();
const complaints: string[] = [];

async function openLive(spy?: () => void): Promise<Page> {
  const opened = await openPage(context, served.url, complaints, { spy });
  await ready(opened);
  return opened;
}

const state = (p: Page, wanted: string, timeout = 120_000): Promise<unknown> =>
  p.waitForSelector(`body[data-state=${wanted}]`, { timeout });
const live = (p: Page): Promise<LiveView> => p.evaluate(() => window.__terpsi.live());

/** Loudness in steps of a millisecond, without its mean. */
function envelope(samples: ArrayLike<number>, at: number): Float32Array {
  const out = new Float32Array(Math.floor((samples.length / at) * 1000));
  for (let k = 0; k < out.length; ++k) {
    const [from, to] = [Math.round((k * at) / 1000), Math.round(((k + 1) * at) / 1000)];
    for (let i = from; i < to; ++i) out[k]! += Math.abs(samples[i] ?? 0);
  }
  const mean = out.reduce((sum, v) => sum + v, 0) / out.length;
  return out.map((v) => v - mean);
}

/** Where in the song a piece of it lies, seconds, and how well it fits (0 to 1). */
function find(piece: Float32Array, whole: Float32Array): { at: number; fit: number } {
  let best = { at: 0, fit: -1 };
  const size = Math.sqrt(piece.reduce((sum, v) => sum + v * v, 0));
  for (let at = 0; at + piece.length < whole.length; ++at) {
    let [sum, square] = [0, 0];
    for (let i = 0; i < piece.length; ++i) {
      sum += piece[i]! * whole[at + i]!;
      square += whole[at + i]! * whole[at + i]!;
    }
    const fit = sum / (size * Math.sqrt(square) + 1e-9);
    if (fit > best.fit) best = { at: at / 1000, fit };
  }
  return best;
}

/** Beats since the song's first beat. */
function phase(seconds: number): number {
  const k = Math.max(0, Math.min(beats.length - 2, beats.findIndex((t) => t > seconds) - 1));
  return k + (seconds - beats[k]!) / (beats[k + 1]! - beats[k]!);
}

beforeAll(async () => {
  const core = await openCore();
  ({ samples: song, rate } = core.demoSong());
  beats = core.analyze().beats;
  const file = files.write('song.wav', wav(song, rate));
  [served, browser] = await openSite([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${file}`,
  ]);
  context = await browser.newContext({
    viewport: { width: 420, height: 420 },
    reducedMotion: 'reduce',
    permissions: ['microphone'],
  });
  page = await openLive(() => {
    const plain = AudioContext.prototype.createMediaStreamSource;
    AudioContext.prototype.createMediaStreamSource = function (stream: MediaStream) {
      const source = plain.call(this, stream);
      window.__tap = new AnalyserNode(this, { fftSize: 32768 });
      source.connect(window.__tap);
      return source;
    };
  });
});

afterAll(async () => {
  await closeSite(served, browser);
  files.remove();
});

describe('dancing to what is playing', () => {
  it('hears the beat of the microphone', async () => {
    await page.click('#listen');
    await state(page, 'live');
    await page.click('#live-microphone');
    await page.waitForFunction(() => window.__terpsi.live().heard?.pulse === true, null, { timeout: 60_000 });
    await page.waitForTimeout(5000);
    const { heard, age } = await live(page);
    console.log(
      `heard ${heard?.tempo.toFixed(2)} BPM of 118, confidence ${heard?.confidence.toFixed(2)}, ` +
        `answers ${(age * 1000).toFixed(0)} ms old, load ${((heard?.load ?? 1) * 100).toFixed(1)} %`,
    );
    expect(heard!.tempo).toBeGreaterThan(118 * 0.98);
    expect(heard!.tempo).toBeLessThan(118 * 1.02);
    expect(heard!.load).toBeLessThan(0.5); // of one core, which the machine may be busy with other things
    expect(await page.textContent('#live-latency')).toMatch(/\d+ ms/);
    expect(await page.textContent('#live-panel')).toMatch(/Nothing is recorded or sent/);
  });

  it('dances on it: the beats of the dance are within 70 ms of those that sound', async () => {
    await page.waitForFunction(() => window.__terpsi.live().moment.presence === 1, null, { timeout: 180_000 });
    await page.waitForTimeout(3000);
    const whole = envelope(song, rate);
    const errors: number[] = [];
    for (let round = 0; round < 3; ++round) {
      const seen = await page.evaluate(async () => {
        const samples = new Float32Array(32768);
        window.__tap.getFloatTimeDomainData(samples);
        const { currentTime, sampleRate } = window.__tap.context;
        const moments: { clock: number; beats: number; ahead: number }[] = [];
        for (let k = 0; k < 20; ++k) {
          await new Promise((next) => setTimeout(next, 50));
          const { clock, moment, ahead } = window.__terpsi.live();
          moments.push({ clock, beats: moment.beats, ahead });
        }
        return { samples: Array.from(samples), currentTime, sampleRate, moments };
      });
      const { at, fit } = find(envelope(seen.samples, seen.sampleRate), whole);
      expect(fit).toBeGreaterThan(0.8); // it is the song
      const ends = at + seen.samples.length / seen.sampleRate; // of the song, sounding at currentTime
      for (const { clock, beats: danced } of seen.moments) {
        const sounding = ends + clock - seen.currentTime;
        if (sounding > song.length / rate - 1) continue; // the song begins again soon
        const apart = danced - phase(sounding);
        errors.push(((apart - Math.round(apart)) * 60) / 118);
      }
      await page.waitForTimeout(500);
    }
    expect(errors.length).toBeGreaterThan(15);
    const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
    const most = Math.max(...errors.map(Math.abs));
    console.log(
      `dance ahead of the sound by ${(mean * 1000).toFixed(1)} ms on average (${((await live(page)).ahead * 1000).toFixed(0)} ms are meant), at most ${(most * 1000).toFixed(1)} ms apart`,
    );
    expect(most).toBeLessThan(0.07);
  }, 300_000);

  it('moves on, and draws the moment it says', async () => {
    const first = await live(page);
    await page.waitForTimeout(1000);
    const second = await live(page);
    expect(second.moment.beats - first.moment.beats).toBeGreaterThan(1);
    expect(second.roundBeats).toBeGreaterThanOrEqual(24);
    const [drawn, danced] = await page.evaluate(
      () => [window.__terpsi.drawnTime(), window.__terpsi.live().danceTime] as const,
    );
    expect(Math.abs(drawn - danced)).toBeLessThan(1e-6);
  });

  it('stops, and lets the microphone go', async () => {
    await page.evaluate(
      () => ((window as unknown as { held: AudioContext }).held = window.__tap.context as AudioContext),
    );
    await page.click('#live-stop');
    await state(page, 'welcome');
    expect((await live(page)).state).toBe('closed');
    await page.waitForFunction(() => (window as unknown as { held: AudioContext }).held.state === 'closed');
    await page.waitForFunction(() => window.__terpsi.joints().length === 72);
    await page.close(); // pages that draw slow the others down
  });

  const refusals: [string, () => void, RegExp][] = [
    [
      'without permission',
      () => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))),
      /may not be used.*Allow it/,
    ],
    [
      'without a microphone',
      () => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))),
      /no microphone.*Connect one/,
    ],
    ['in an insecure page', () => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }), /https/],
  ];
  for (const [name, spoil, message] of refusals) {
    it(`says what to do ${name}`, async () => {
      const other = await openLive(spoil);
      await other.click('#listen');
      await other.click('#live-microphone');
      await other.waitForSelector('#notice:not([hidden])');
      expect(await other.textContent('#notice-text')).toMatch(message);
      await state(other, 'welcome');
      await other.close();
    });
  }
});

describe('clicks', () => {
  it('sound on the beats, higher on the first of a bar, at any speed', async () => {
    const other = await openLive(() => {
      window.__starts = [];
      const plain = AudioBufferSourceNode.prototype.start;
      AudioBufferSourceNode.prototype.start = function (when = 0, from = 0, length?: number) {
        const high = (this.buffer?.getChannelData(0)[20] ?? 0) < 0; // the higher sound has turned by then
        window.__starts.push({ when, from, seconds: (this.buffer?.duration ?? 0) + (high ? 1000 : 0) });
        if (length === undefined) plain.call(this, when, from);
        else plain.call(this, when, from, length);
      };
    });
    await other.click('#demo');
    await state(other, 'song', 180_000);
    await other.waitForFunction(() => window.__terpsi.playing());
    expect(await other.evaluate(() => window.__terpsi.clicks().count)).toBe(0);

    const beats = await other.evaluate(() => window.__terpsi.beats());
    const places = await other.evaluate(() => window.__terpsi.places());
    const check = async (speed: number): Promise<void> => {
      const starts = await other.evaluate(() => window.__starts);
      const played = starts.map(({ seconds }) => seconds % 1000 > 1);
      const last = played.lastIndexOf(true);
      const { when: began, from } = starts[last]!;
      const sounded = starts.slice(last + 1);
      expect(sounded.length).toBeGreaterThan(3);
      for (const { when, seconds } of sounded) {
        const at = from + (when - began) * speed;
        const nearest = beats.reduce((best, t, k) => (Math.abs(t - at) < Math.abs(beats[best]! - at) ? k : best), 0);
        expect(Math.abs(beats[nearest]! - at)).toBeLessThan(0.002);
        expect(seconds > 500).toBe(places[nearest] === 1);
      }
    };
    await other.evaluate(() => window.__terpsi.seek(4));
    await other.keyboard.press('c');
    expect(await other.evaluate(() => window.__terpsi.clicks().on)).toBe(true);
    await other.waitForTimeout(3500);
    await check(1);
    await other.evaluate(() => window.__terpsi.seek(10));
    await other.focus('#speed');
    await other.selectOption('#speed', '0.5');
    await other.waitForTimeout(4500);
    await check(0.5);
    await other.focus('#click');
    await other.uncheck('#click');
    const before = await other.evaluate(() => window.__terpsi.clicks().count);
    await other.waitForTimeout(1500);
    expect(await other.evaluate(() => window.__terpsi.clicks().count)).toBe(before);
    await other.close();
  }, 300_000);
});

it('never broke its content security policy nor threw', () => {
  expect(complaints.filter((text) => !/404|ERR_FAILED|net::/.test(text))).toEqual([]);
});
