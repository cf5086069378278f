// Times the page in Chromium on a 3-minute song: node tools/bench/browser.mjs [--serve URL] [--json]
// Needs a built page (tools/build.sh) and Chromium. Prints seconds, and the ratio to real time, of listening, generating and of
// the first dancing pose after the drop: on the first visit, and on the second (model cached, engine warm).

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core');
const terpsi = process.env.TERPSI_BIN ?? join(root, 'build/terpsi');
const SECONDS = 180;
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--autoplay-policy=no-user-gesture-required',
];

function makeSong(path) {
  // A pulse with chords: what it sounds like does not matter for the time it takes.
  const rate = 44100;
  const count = SECONDS * rate;
  const wav = Buffer.alloc(44 + count * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + count * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; ++i) {
    const t = i / rate;
    const beat = (t * 2) % 1;
    const chord = [220, 277.2, 329.6].reduce(
      (sum, f) => sum + Math.sin(2 * Math.PI * f * (1 + 0.06 * Math.floor((t / 8) % 3)) * t),
      0,
    );
    const v =
      0.6 * Math.exp(-beat * 18) * Math.sin(2 * Math.PI * 60 * beat) + 0.1 * chord * (0.6 + 0.4 * Math.sin(t * 0.1));
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, v)) * 32000), 44 + 2 * i);
  }
  return import('node:fs').then(({ writeFileSync }) => writeFileSync(path, wav));
}

async function serve() {
  const at = process.argv.indexOf('--serve');
  if (at > 0) return { url: process.argv[at + 1], close: () => undefined };
  if (!existsSync(terpsi)) throw new Error(`${terpsi} is missing: run tools/build.sh, or give --serve URL`);
  const child = spawn(
    terpsi,
    ['serve', '--port', '0', '--web', join(root, 'web/dist'), '--models', join(root, 'models')],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = await new Promise((done, failed) => {
    let said = '';
    const read = (chunk) => {
      said += chunk;
      const found = /http:\/\/[\d.]+:\d+/.exec(said);
      if (found) done(`${found[0]}/`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => failed(new Error(said)));
  });
  return { url, close: () => child.kill('SIGTERM') };
}

async function visit(context, url, song) {
  const page = await context.newPage();
  await page.emulateMedia({ reducedMotion: 'reduce' }); // the software renderer would take the processor from the network
  const opened = performance.now();
  await page.goto(url);
  await page.waitForSelector('body[data-ready=yes]');
  const ready = (performance.now() - opened) / 1000;
  await page.waitForTimeout(3000);
  await page.setInputFiles('#file', song);
  await page.waitForFunction(() => window.__terpsi.progress() >= 1 && window.__terpsi.frames() > 0, null, {
    timeout: 600_000,
    polling: 500,
  });
  const result = await page.evaluate(() => ({ engine: window.__terpsi.engine(), ...window.__terpsi.timings() }));
  await page.close();
  return { ready, ...result };
}

const folder = mkdtempSync(join(tmpdir(), 'terpsi-bench-'));
const song = join(folder, 'three minutes.wav');
await makeSong(song);
const served = await serve();
const browser = await chromium.launch({
  executablePath: process.env.TERPSI_CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
try {
  const context = await browser.newContext({ viewport: { width: 480, height: 360 } });
  const first = await visit(context, served.url, song);
  const second = await visit(context, served.url, song);
  const load = execFileSync('cat', ['/proc/loadavg']).toString().split(' ')[0];
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ seconds: SECONDS, load: Number(load), first, second }));
  } else {
    console.log(`3-minute song in Chromium, ${second.engine}; load average of the machine ${load}`);
    for (const [name, r] of [
      ['first visit', first],
      ['second visit', second],
    ]) {
      const line = (what, s) =>
        console.log(`  ${name}: ${what.padEnd(28)} ${s.toFixed(2)} s   ${(SECONDS / s).toFixed(0)}x real time`);
      console.log(`  ${name}: page ready                   ${r.ready.toFixed(2)} s`);
      line('decoding (by the browser)', r.decode);
      line('listening', r.analyse);
      line('generating', r.generate);
      console.log(`  ${name}: first window                 ${r.window.toFixed(2)} s`);
      console.log(`  ${name}: drop to first dancing pose   ${r.first.toFixed(2)} s`);
    }
  }
} finally {
  await browser.close();
  served.close();
  rmSync(folder, { recursive: true, force: true });
}
