// Shared dances with hostile titles, served by `terpsi serve` and opened in a browser: nothing runs, the title is text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, root, servePage, type Served } from './support';

/** `hit()` marks that a title ran. */
function hostileTitles(): string[] {
  const out: string[] = [];
  const code = ['hit()', 'top.hit()', "alert('x')"];
  const around: ((run: string) => string)[] = [
    (run) => `<script>${run}</script>`,
    (run) => `</title><script>${run}</script>`,
    (run) => `</TITLE ><sCrIpT>${run}</ScRiPt>`,
    (run) => `</head><body onload=${run}>`,
    (run) => `--><script>${run}</script><!--`,
    (run) => `]]><script>${run}</script>`,
    (run) => `"><script>${run}</script>`,
    (run) => `'><script>${run}</script>`,
    (run) => `"/><img src=x onerror=${run}>`,
    (run) => `'/><img src=x onerror=${run}>`,
    (run) => `\`><img src=x onerror=${run}>`,
    (run) => `<img src=x onerror=${run}>`,
    (run) => `<img src="x" onerror="${run}"`,
    (run) => `<svg onload=${run}>`,
    (run) => `<svg><script>${run}</script></svg>`,
    (run) => `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
    (run) => `<iframe src="javascript:${run}"></iframe>`,
    (run) => `<iframe srcdoc="<script>parent.${run}</script>">`,
    (run) => `<object data="javascript:${run}"></object>`,
    (run) => `<a href="javascript:${run}" autofocus onfocus=${run}>x</a>`,
    (run) => `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
    (run) => `<details open ontoggle=${run}>`,
    (run) => `<video><source onerror=${run}></video>`,
    (run) => `<input autofocus onfocus=${run}>`,
    (run) => `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
    (run) => `<style>*{animation:x}@keyframes x{}</style><x onanimationstart=${run}>`,
    (run) => `<!doctype html><script>${run}</script>`,
    (run) => `<title><script>${run}</script>`,
    (run) => `&lt;script&gt;${run}&lt;/script&gt;`,
    (run) => `&quot; onload=&quot;${run}`,
    (run) => `" onload="${run}`,
    (run) => `' onfocus='${run}' autofocus='`,
    (run) => `\\u003cscript\\u003e${run}\\u003c/script\\u003e`,
    (run) => `javascript:${run}`,
    (run) => `";${run};//`,
    (run) => `\${${run}}`,
  ];
  for (const run of code) for (const write of around) out.push(write(run));
  return out;
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; ++k) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The dance of the corpus with another title (format: core/format/dance_file.h). */
function danceTitled(title: Buffer): Buffer {
  const good = readFileSync(join(root, 'tests/corpus/dance/good_64_frames.dance'));
  const parts = [good.subarray(0, 8)];
  let at = 8;
  for (let left = good.readUInt16LE(6); left > 0; --left) {
    const size = good.readUInt32LE(at + 4);
    const bytes = good.subarray(at + 8, at + 8 + size);
    if (good.toString('latin1', at, at + 4) === 'META') {
      const meta = Buffer.concat([Buffer.from([title.length]), title, bytes.subarray(1 + (bytes[0] ?? 0))]);
      const head = Buffer.from(good.subarray(at, at + 8));
      head.writeUInt32LE(meta.length, 4);
      parts.push(head, meta);
    } else {
      parts.push(good.subarray(at, at + 8 + size));
    }
    at += 8 + size;
  }
  const body = Buffer.concat(parts);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(body));
  return Buffer.concat([body, crc]);
}

let served: Served;
let url = '';
let browser: Browser;

beforeAll(async () => {
  const more = ['--no-renders', '--dances-per-minute', '0', '--exports-per-minute', '0'];
  [served, browser] = await Promise.all([servePage({ more }), openBrowser()]);
  url = served.url.slice(0, -1);
});

afterAll(async () => {
  await browser?.close();
  served?.close();
});

const put = (title: Buffer): Promise<Response> =>
  fetch(`${url}/api/v1/dances`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(danceTitled(title)),
  });

it('titles with controls, marks that reorder text, or broken UTF-8 are refused at the door', async () => {
  for (const bytes of [
    [0x61, 0x01],
    [0x0d, 0x0a],
    [0xe2, 0x80, 0xae, 0x61],
    [0xe2, 0x81, 0xa6],
    [0xc0, 0xbc],
    [0xff],
    [0xe2, 0x82],
  ]) {
    const answer = await put(Buffer.from(bytes));
    expect(answer.status, bytes.join()).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(((await answer.json()) as { error: { code: string } }).error.code).not.toBe('');
  }
});

it('a hundred hostile titles are shown as text and run nothing', async () => {
  const titles = hostileTitles();
  expect(titles.length).toBeGreaterThanOrEqual(100);
  const context = await browser.newContext();
  const ran: string[] = [];
  await context.exposeFunction('reportHit', (what: string) => void ran.push(what));
  await context.addInitScript(() => {
    const w = window as unknown as { hit(): void; reportHit(what: string): void };
    w.hit = () => w.reportHit(document.title);
  });
  const page: Page = await context.newPage();
  page.on('dialog', (dialog) => {
    ran.push(dialog.message());
    void dialog.dismiss();
  });
  for (const heavy of ['**/models/**', '**/ort/**']) await page.route(heavy, (route) => route.abort());
  // The markers themselves work.
  await page.goto(`${url}/healthz`);
  await page.evaluate(() => (window as unknown as { hit(): void }).hit());
  await expect.poll(() => ran.length).toBe(1);
  ran.length = 0;

  for (const title of titles) {
    const answer = await put(Buffer.from(title));
    expect(answer.status, title).toBe(201);
    const { id } = (await answer.json()) as { id: string };
    for (const kind of ['d', 'embed']) {
      await page.goto(`${url}/${kind}/${id}`, { waitUntil: 'load' });
      const seen = await page.evaluate(() => ({
        title: document.title,
        shared: document.querySelector<HTMLMetaElement>('meta[property="og:title"]')?.content,
        id: document.querySelector<HTMLMetaElement>('meta[name="terpsi-dance"]')?.content,
        embedded: document.querySelector('meta[name="terpsi-embed"]') !== null,
        strangers: document.querySelectorAll(
          'script:not([src]), [onerror], [onload], [onfocus], iframe, object, svg > script',
        ).length,
      }));
      expect(seen.title, title).toContain(title.replace(/\s+/g, ' '));
      expect(seen).toMatchObject({ shared: title, id, embedded: kind === 'embed', strangers: 0 });
    }
    const oembed = await fetch(`${url}/oembed?format=json&url=${encodeURIComponent(`${url}/d/${id}`)}`);
    expect(oembed.headers.get('content-type')).toContain('application/json');
    expect(((await oembed.json()) as { title: string }).title).toBe(title);
  }
  expect(ran).toEqual([]);
  await context.close();
}, 600_000);
