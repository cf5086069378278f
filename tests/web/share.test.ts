// High quality, sharing and embedding: the page in a real Chromium against the real server.
import { readFileSync } from 'node:fs';
import { createServer, request as ask, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { serveStatic } from './static_server';
import {
  closeSite,
  farthest,
  models,
  openCore,
  openPage,
  openSite,
  ready,
  root,
  scratch,
  wav,
  type Served,
} from './support';

const TITLE = 'Spring <img src=x onerror=alert(1)> "&';
const files = scratch();
const complaints: string[] = [];
let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let song: string;
let link = '';

async function open(within: BrowserContext, url: string, requests: string[] = []): Promise<Page> {
  within.on('request', (request) => requests.push(request.url()));
  return openPage(within, url, complaints, { expected: /404|410|net::/ });
}

const danced = (p: Page, after = 0): Promise<unknown> =>
  p.waitForFunction((n) => window.__terpsi.dance() > n && window.__terpsi.progress() >= 1, after, { timeout: 240_000 });
const joints = (p: Page): Promise<number[]> => p.evaluate(() => window.__terpsi.danceJoints());
const saved = async (p: Page, button: string): Promise<Buffer> => {
  const [download] = await Promise.all([p.waitForEvent('download'), p.click(button)]);
  return readFileSync((await download.path())!);
};

/** Hands out `origin` below /some/where/ and nothing else, as a proxy would. */
function below(origin: string): Promise<{ url: string; server: HttpServer }> {
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    if (!path.startsWith('/some/where/')) return void response.writeHead(404).end();
    const to = ask(
      new URL(path.slice('/some/where'.length), origin),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    to.on('error', () => response.destroy());
    incoming.pipe(to);
  });
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () =>
      done({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/` }),
    ),
  );
}

beforeAll(async () => {
  const core = await openCore();
  const { samples, rate } = core.demoSong();
  song = files.write('Spring.wav', wav(samples.slice(rate * 5, rate * 13), rate));
  [served, browser] = await openSite();
  context = await browser.newContext({ viewport: { width: 960, height: 640 }, acceptDownloads: true });
  page = await open(context, served.url);
  await ready(page);
  await page.setInputFiles('#file', song);
  await danced(page);
});

afterAll(async () => {
  await closeSite(served, browser);
  files.remove();
});

describe('high quality', () => {
  it('is made on the server, watched, and takes the place of the dance; the song stays', async () => {
    const before = await joints(page);
    const [dance, beats, duration] = await page.evaluate(
      () => [window.__terpsi.dance(), window.__terpsi.beats(), window.__terpsi.duration()] as const,
    );
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const text = document.getElementById('render-text')!;
      new MutationObserver(() => said.push(text.textContent ?? '')).observe(text, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') uploads.push(request.postData() ?? '');
    });
    await page.click('#high-quality:enabled');
    await page.waitForFunction(() => /made by/.test(document.getElementById('render-text')!.textContent ?? ''), null, {
      timeout: 300_000,
    });
    await danced(page, dance);
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    console.log(`the panel said: ${said.join(' | ')}`);
    expect(said.some((text) => /^(Waiting|Dancing)/.test(text))).toBe(true);
    expect(said[said.length - 1]).toMatch(/made by \w+ on .+/);
    expect(uploads.length).toBe(1);
    expect(uploads[0]!.length).toBeLessThan(200_000); // beats and loudness, no sound
    const after = await joints(page);
    expect(after.length).toBe(before.length);
    expect(farthest(after, before, before.length / 72)).toBeGreaterThan(0.05);
    expect(await page.evaluate(() => [window.__terpsi.beats(), window.__terpsi.duration()])).toEqual([beats, duration]);
    expect((await saved(page, '#save-dance')).toString('latin1', 0, 4)).toBe('TDNC');
  });

  it('can be cancelled, and gives way to a new dance', async () => {
    const dance = await page.evaluate(() => window.__terpsi.dance());
    const before = await joints(page);
    /** Starts a render and presses a button as soon as the server has it: within the page, because renders can be quick. */
    const interrupt = (button: string): Promise<void> =>
      page.evaluate(
        (id) =>
          new Promise<void>((done) => {
            const text = document.getElementById('render-text')!;
            const watch = new MutationObserver(() => {
              if (!/^(Waiting|Dancing)/.test(text.textContent ?? '')) return;
              watch.disconnect();
              document.getElementById(id)!.click();
              done();
            });
            watch.observe(text, { childList: true, characterData: true, subtree: true });
            document.getElementById('high-quality')!.click();
          }),
        button,
      );
    const cancelling = page.waitForRequest(
      (request) => request.method() === 'DELETE' && request.url().includes('/api/v1/renders/'),
    );
    await interrupt('render-cancel');
    expect((await (await cancelling).response())?.status()).toBe(200);
    expect(await page.isHidden('#render')).toBe(true);
    expect(await page.evaluate(() => window.__terpsi.dance())).toBe(dance);
    expect(farthest(await joints(page), before, before.length / 72)).toBe(0);
    await interrupt('regenerate');
    expect(await page.isHidden('#render')).toBe(true);
    await danced(page, dance);
  });
});

describe('a shared dance', () => {
  let visitor: BrowserContext;
  let shared: Page;
  const requests: string[] = [];

  afterAll(() => visitor?.close());

  it('gets a link', async () => {
    await page.click('#share:enabled');
    expect(await page.inputValue('#share-title')).toBe('Spring');
    await page.fill('#share-title', TITLE);
    await page.click('#share-make');
    await page.waitForSelector('#share-done:not([hidden])');
    link = await page.inputValue('#share-link');
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/d\/[\w-]{22}$/);
    const code = await page.inputValue('#share-embed');
    expect(code).toContain(link.replace('/d/', '/embed/'));
    expect(code).not.toContain('<img');
    expect(await page.textContent('#share-expires')).toMatch(/\d{4}/);
    await page.click('#share-close');
    await page.click('#share'); // the same dance: the same link
    expect(await page.inputValue('#share-link')).toBe(link);
    await page.click('#share-close');
  });

  it('is danced for whoever opens the link, in its own time, without its song', async () => {
    visitor = await browser.newContext({ viewport: { width: 960, height: 640 }, acceptDownloads: true });
    shared = await open(visitor, link, requests);
    await danced(shared);
    expect(await shared.textContent('#title')).toBe(TITLE);
    expect(await shared.locator('#title img').count()).toBe(0);
    const theirs = await joints(shared);
    const ours = await joints(page);
    expect(theirs.length).toBe(ours.length);
    expect(farthest(theirs, ours, ours.length / 72)).toBeLessThan(0.02);
    expect((await shared.evaluate(() => window.__terpsi.beats())).length).toBeGreaterThan(10);
    await shared.waitForFunction(() => window.__terpsi.playing() && window.__terpsi.drawnTime() > 1);
    for (const id of ['high-quality', 'style', 'regenerate']) expect(await shared.isHidden(`#${id}`), id).toBe(true);
    expect(await shared.textContent('#new-song')).toBe('Make your own');
    expect(requests.filter((url) => /\.onnx|\/ort\//.test(url))).toEqual([]);
  });

  it('obeys the transport: pause, seek, speed, loop, mirror, the end', async () => {
    await shared.keyboard.press('Space');
    expect(await shared.evaluate(() => window.__terpsi.playing())).toBe(false);
    await shared.evaluate(() => window.__terpsi.seek(3));
    expect(await shared.evaluate(() => window.__terpsi.audioTime())).toBeCloseTo(3, 3);
    await shared.selectOption('#speed', '0.5');
    const [began, from] = [Date.now(), 3];
    await shared.keyboard.press('Space');
    await shared.waitForFunction(() => window.__terpsi.audioTime() > 4);
    const [wall, now] = [(Date.now() - began) / 1000, await shared.evaluate(() => window.__terpsi.audioTime())];
    expect((now - from) / wall).toBeGreaterThan(0.35);
    expect((now - from) / wall).toBeLessThan(0.65);
    await shared.selectOption('#speed', '1.25');
    await shared.keyboard.press('c'); // clicks: by the audio clock from here on
    await shared.waitForFunction(() => window.__terpsi.clicks().on && window.__terpsi.clicks().count > 0);
    expect(await shared.evaluate(() => window.__terpsi.playing())).toBe(true);
    await shared.keyboard.press('c');
    const plain = await joints(shared);
    await shared.keyboard.press('m');
    await shared.waitForTimeout(1500);
    expect((await joints(shared))[72 * 60 + 60]).toBeCloseTo(-plain[72 * 60 + 63]!, 3);
    await shared.keyboard.press('m');
    await shared.evaluate(() => window.__terpsi.seek(window.__terpsi.duration() - 0.6));
    await shared.waitForFunction(() => !window.__terpsi.playing()); // ended
    await shared.keyboard.press('l');
    await shared.keyboard.press('Space');
    await shared.evaluate(() => window.__terpsi.seek(window.__terpsi.duration() - 0.4));
    await shared.waitForFunction(
      () => window.__terpsi.playing() && window.__terpsi.audioTime() > 0.2 && window.__terpsi.audioTime() < 3,
    ); // round again
    await shared.keyboard.press('Space');
  });

  it('is saved as BVH and as a dance file, which opens when it is dropped', async () => {
    expect((await saved(shared, '#save-bvh')).toString('latin1', 0, 9)).toBe('HIERARCHY');
    const dance = await saved(shared, '#save-dance');
    const theirs = await joints(shared);
    const number = await shared.evaluate(() => window.__terpsi.dance());
    await shared.setInputFiles('#file', files.write('x.dance', dance));
    await danced(shared, number);
    expect(shared.url()).toBe(served.url); // no longer the shared dance
    expect(await shared.textContent('#title')).toBe(TITLE);
    expect(farthest(await joints(shared), theirs, theirs.length / 72)).toBeLessThan(0.02);
    dance[100]! ^= 1;
    await shared.setInputFiles('#file', files.write('damaged.dance', dance));
    await shared.waitForSelector('#notice:not([hidden])');
    console.log(`a damaged file: ${await shared.textContent('#notice-text')}`);
    await shared.waitForSelector('body[data-state=welcome]');
  });

  it('stands in other pages, and downloads no model there', async () => {
    const outside = createServer((_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(`<!doctype html><iframe src="${link.replace('/d/', '/embed/')}" width="640" height="400"></iframe>`),
    );
    await new Promise<void>((done) => outside.listen(0, 'localhost', done));
    const seen: string[] = [];
    const host = await open(visitor, `http://localhost:${(outside.address() as AddressInfo).port}/`, seen);
    const frame = (await (await host.waitForSelector('iframe')).contentFrame())!;
    await frame.waitForSelector('body[data-state=song]', { timeout: 60_000 });
    expect(await frame.evaluate(() => window.__terpsi.playing())).toBe(false);
    await frame.click('#embed-play');
    await frame.waitForFunction(() => window.__terpsi.drawnTime() > 0.5);
    for (const id of ['welcome', 'bar', 'share', 'save-bvh']) expect(await frame.isHidden(`#${id}`), id).toBe(true);
    expect(await frame.getAttribute('#embed-link', 'href')).toBe(link);
    expect(await frame.getAttribute('#embed-link', 'target')).toBe('_blank');
    const loaded = seen.map((url) => new URL(url).pathname);
    console.log(`the embed loaded: ${loaded.join(' ')}`);
    expect(loaded.filter((path) => /\.onnx|\/ort\/|\/models/.test(path))).toEqual([]);
    expect(loaded.some((path) => path.endsWith('terpsi_core.wasm'))).toBe(true);
    await host.close();
    outside.close();
  });

  it('works below a path', async () => {
    const { url, server } = await below(served.url);
    const there = await open(visitor, `${url}d/${link.split('/').pop()}`);
    await danced(there);
    await there.click('#new-song');
    expect(there.url()).toBe(url);
    await there.waitForSelector('body[data-state=welcome]');
    await there.goBack();
    await danced(there);
    await there.close();
    server.closeAllConnections();
    server.close();
  });

  it('is gone once it was deleted', async () => {
    await page.reload(); // the token was kept
    await ready(page);
    await page.setInputFiles('#file', song);
    await danced(page);
    await page.click('#share:enabled');
    await page.click('#share-earlier summary');
    expect(await page.textContent('#share-list a')).toBe(TITLE);
    await page.click('#share-list button');
    await page.waitForFunction(() => document.querySelectorAll('#share-list li').length === 0);
    await page.click('#share-close');
    expect((await fetch(new URL(`api/v1/dances/${link.split('/').pop()}`, served.url))).status).toBe(404);
    const late = await visitor.newPage();
    const answer = await late.goto(link);
    if (answer?.status() === 200) {
      await late.waitForSelector('#notice:not([hidden])');
      expect(await late.textContent('#notice-text')).toBe('This dance is no longer here.');
    } else {
      expect(answer?.status()).toBe(404);
    }
    await late.close();
  });
});

it('a host without our server: nothing is offered that needs one', async () => {
  const { server, url } = await serveStatic(join(root, 'web/dist'), models);
  const other = await browser.newContext({ viewport: { width: 480, height: 640 } });
  const alone = await open(other, url);
  await ready(alone);
  await alone.setInputFiles('#file', song);
  await danced(alone);
  for (const id of ['share', 'high-quality']) expect(await alone.isHidden(`#${id}`), id).toBe(true);
  await other.close();
  server.close();
});

it('never broke its content security policy nor threw', () => {
  expect(complaints).toEqual([]);
});
