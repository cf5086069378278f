// Shared by the tests: where things are, the core in Node, songs as WAV files, Chromium.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { Core, type CoreModule } from '../../web/src/core';
import { serveStatic } from './static_server';

export const root = resolve(__dirname, '../..');
export const terpsi = process.env['TERPSI_BIN'] ?? join(root, 'build/terpsi');
export const models = join(root, 'models');

/** The real core module, run by Node. */
export async function openCore(): Promise<Core> {
  return new Core(await openModule<CoreModule>());
}

/** The same with its functions as they are. */
export async function openModule<T extends CoreModule>(): Promise<T> {
  const folder = join(root, 'web/public/wasm');
  const { default: factory } = (await import(
    /* @vite-ignore */ pathToFileURL(join(folder, 'terpsi_core.js')).href
  )) as { default: (options: object) => Promise<T> };
  return factory({ wasmBinary: readFileSync(join(folder, 'terpsi_core.wasm')) });
}

export function manifest(): string {
  return readFileSync(join(models, 'manifest.json'), 'utf8');
}

/** A mono WAV file, 16 bit. */
export function wav(samples: Float32Array, rate: number): Buffer {
  const out = Buffer.alloc(44 + samples.length * 2);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + samples.length * 2, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36);
  out.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((s, i) => out.writeInt16LE(Math.round(Math.max(-1, Math.min(1, s)) * 32767), 44 + 2 * i));
  return out;
}

/** A mono WAV file of 32-bit floats: keeps every bit of a synthesised song. */
export function floatWav(samples: Float32Array, rate: number): Buffer {
  const head = wav(new Float32Array(0), rate);
  head.writeUInt32LE(36 + samples.length * 4, 4);
  head.writeUInt16LE(3, 20);
  head.writeUInt32LE(rate * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(32, 34);
  head.writeUInt32LE(samples.length * 4, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

export function scratch(): { path: string; write(name: string, data: Buffer | string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'terpsi-web-'));
  return {
    path,
    write(name, data) {
      writeFileSync(join(path, name), data);
      return join(path, name);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export interface Served {
  url: string;
  close(): void;
}

/** Runs the executable to its end. */
export function runTerpsi(...args: string[]): void {
  execFileSync(terpsi, args, { stdio: 'pipe' });
}

/**
 * The page as `terpsi serve` hands it out, at a free port and with a data folder of its own (`data`: that one), with
 * more options; a plain server with the same headers where it is not built.
 */
export async function servePage({ data = '', more = [] }: { data?: string; more?: string[] } = {}): Promise<Served> {
  const web = join(root, 'web/dist');
  if (!existsSync(join(web, 'index.html'))) throw new Error('web/dist is missing: run tools/build.sh web first');
  if (!existsSync(terpsi)) {
    const { server, url } = await serveStatic(web, models);
    return { url, close: () => server.close() };
  }
  const own = data ? null : scratch();
  const args = ['serve', '--port', '0', '--web', web, '--models', models, '--data', own?.path ?? data, ...more];
  const child = spawn(terpsi, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  child.on('exit', () => own?.remove());
  const url = await new Promise<string>((done, failed) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /http:\/\/[\d.]+:\d+\/?/.exec(output);
      if (found) done(found[0].endsWith('/') ? found[0] : `${found[0]}/`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => failed(new Error(`terpsi serve ended with ${code}: ${output}`)));
  });
  return { url, close: () => void child.kill('SIGTERM') };
}

export function openBrowser(more: string[] = []): Promise<Browser> {
  const profile = join(process.env['HOME'] ?? tmpdir(), '../chromium'); // beside the home of home.setup.ts
  return chromium.launch({
    env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile, XDG_DATA_HOME: profile },
    executablePath: process.env['TERPSI_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--autoplay-policy=no-user-gesture-required',
      ...more,
    ],
  });
}

/** The page served and a browser for it, of one test file. */
export async function openSite(more: string[] = []): Promise<[Served, Browser]> {
  return Promise.all([servePage(), openBrowser(more)]);
}

export async function closeSite(served?: Served, browser?: Browser): Promise<void> {
  await browser?.close();
  served?.close();
}

export const ready = (page: Page): Promise<unknown> =>
  page.waitForSelector('body[data-ready=yes]', { timeout: 60_000 });

/** A page at `url`; errors that it reports go to `complaints`, but for those that match `expected`. */
export async function openPage(
  within: BrowserContext,
  url: string,
  complaints: string[],
  { spy, expected = /^$/ }: { spy?: (() => void) | undefined; expected?: RegExp } = {},
): Promise<Page> {
  const page = await within.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  if (spy) await page.addInitScript(spy);
  await page.goto(url);
  return page;
}

declare global {
  interface Window {
    __terpsi: Hook;
  }
}

/** window.__terpsi of the page (web/src/main.ts). */
export interface Hook {
  audioTime(): number;
  drawnTime(): number;
  heardAtDraw(): number;
  seek(seconds: number): void;
  joints(): number[]; // of every dancer drawn
  cost(): number;
  sectionPlace(index: number): { x: number; y: number; half: number };
  sections(): { start: number; end: number; label: number }[];
  troupe(): { dancers: number; formation: string; spacing: number };
  playing(): boolean;
  frames(): number;
  firstFrames(): number;
  progress(): number;
  dance(): number;
  engine(): string;
  settings(): {
    style: string;
    sectionStyles: string;
    energy: number;
    variation: number;
    seed: number;
    mirror: boolean;
  };
  styles(): string[];
  tempo(): number;
  duration(): number;
  beatsPerBar(): number;
  downbeats(): number[];
  timings(): Record<string, number>;
  asleep(): boolean;
  danceJoints(dancer?: number): Promise<number[]>;
  features(): Promise<number[]>;
  live(): LiveView;
  clicks(): { on: boolean; count: number; newest: number };
  counted(): '' | 'score' | 'network' | 'classical';
  beats(): number[];
  places(): number[];
}

/** What window.__terpsi.live() tells. */
export interface LiveView {
  state: string;
  heard: { pulse: boolean; confidence: number; tempo: number; load: number; level: number } | null;
  moment: { beats: number; speed: number; presence: number };
  clock: number; // audio clock at the last picture, seconds
  ahead: number; // seconds beyond it that were drawn
  danceTime: number;
  roundBeats: number;
  roundSeconds: number;
  beatsPerHeard: number;
  age: number; // of what is heard, seconds
}

/** A stored (not compressed) member of a NumPy archive as 32-bit floats. */
export function member(archive: Buffer, name: string): Float32Array {
  for (let at = 0; at + 30 < archive.length && archive.readUInt32LE(at) === 0x04034b50; ) {
    const size = archive.readUInt32LE(at + 22);
    const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
    const found = archive.toString('utf8', at + 30, at + 30 + archive.readUInt16LE(at + 26));
    if (found === `${name}.npy`) {
      const data = start + 10 + archive.readUInt16LE(start + 8);
      const header = archive.toString('latin1', start + 10, data);
      if (!header.includes('<f4')) throw new Error(`${name} is not of 32-bit floats: ${header}`);
      return new Float32Array(new Uint8Array(archive.subarray(data, start + size)).buffer);
    }
    at = start + size;
  }
  throw new Error(`${name} is not in the archive`);
}

/** Greatest distance between the same joint in two dances, metres. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>, frames: number): number {
  let most = 0;
  for (let i = 0; i < frames * 24; ++i) {
    const d = Math.hypot(
      (a[3 * i] ?? NaN) - (b[3 * i] ?? NaN),
      (a[3 * i + 1] ?? NaN) - (b[3 * i + 1] ?? NaN),
      (a[3 * i + 2] ?? NaN) - (b[3 * i + 2] ?? NaN),
    );
    if (!(d <= most)) most = d;
  }
  return most;
}
