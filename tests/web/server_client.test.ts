// The page's client of the server against a server that lies, dawdles and breaks off, then against one that is right.
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isId, readInfo, readShared, readStatus, Server, ServerError, type RenderStatus } from '../../web/src/server';
import { choicesOfDays, embedCode, keptFrom } from '../../web/src/shared_dances';

const ID = 'A-good_id-of-22-letter';
const STATUS = {
  id: ID,
  state: 'queued',
  progress: 0,
  position: 2,
  model: 'teacher',
  device: '',
  attempts: 0,
  error: null,
};
const SHARED = {
  id: ID,
  url: 'https://host/d/x',
  embed_url: 'https://host/embed/x',
  delete_token: 'token-1',
  expires: '2027-01-31T12:00:00Z',
  bytes: 9,
};
const INFO = {
  models: [{ name: 'teacher', role: 'teacher', styles: [], licence: '', research_only: true }],
  default: 'teacher',
  renders: { available: true, token_required: false },
  dances: { available: true, max_bytes: 1e12, default_days: 30, max_days: 365 },
};
const GARBAGE: unknown[] = [
  null,
  undefined,
  7,
  'text',
  [],
  {},
  [[]],
  { id: ID },
  { id: 7, state: 'done' },
  { id: '../etc', state: 'done' },
  { id: ID, state: 'dancing' },
];

describe('garbage', () => {
  it('is no status, no link, no list of models', () => {
    for (const json of GARBAGE) {
      const what = JSON.stringify(json);
      expect(() => readStatus(json), what).toThrow(ServerError);
      expect(() => readShared(json), what).toThrow(ServerError);
      expect(readInfo(json), what).toBeNull();
    }
  });
  it('in fields is left out or refused', () => {
    const status = readStatus({
      ...STATUS,
      progress: 7,
      position: -1,
      model: { a: 1 },
      device: 'x'.repeat(1e5),
      error: 'text',
    });
    expect(status).toEqual({
      id: ID,
      state: 'queued',
      progress: 0,
      position: 0,
      model: '',
      device: 'x'.repeat(64),
      error: '',
    });
    for (const bad of [
      { url: 'javascript:alert(1)' },
      { url: 'd/x' },
      { embed_url: 'data:text/html,x' },
      { expires: 'soon' },
      { delete_token: '' },
      { id: 'a/b' },
    ]) {
      expect(() => readShared({ ...SHARED, ...bad }), JSON.stringify(bad)).toThrow(ServerError);
    }
    expect(readShared({ ...SHARED, expires: null }).expires).toBeNull();
    const info = readInfo({
      ...INFO,
      models: [null, 7, { name: 'a' }],
      dances: { available: 'yes', max_bytes: -1, max_days: 'x' },
      renders: 3,
    })!;
    expect(info.dances.available).toBe(false);
    expect(info.renders.available).toBe(false);
    expect(info.models).toEqual([{ name: 'a', researchOnly: false }]);
    expect(readInfo(INFO)!.dances.maxBytes).toBe(4 * 1024 * 1024); // the page makes no larger ones
  });
  it('is no id', () => {
    for (const bad of ['', ' ', 'a b', '../x', 'x'.repeat(65), 7, null]) expect(isId(bad), String(bad)).toBe(false);
    expect(isId(ID)).toBe(true);
  });
  it('in what the browser kept is left out', () => {
    const now = new Date('2026-11-21');
    const good = {
      id: ID,
      url: 'https://h/d/x',
      embedUrl: 'https://h/embed/x',
      deleteToken: 't',
      title: '<b>',
      expires: '2027-01-01T00:00:00Z',
    };
    for (const text of [null, '', '{', '7', 'null', '{"a":1}']) expect(keptFrom(text, now), String(text)).toEqual([]);
    const list = [
      null,
      7,
      {},
      { ...good, url: 'javascript:x' },
      { ...good, id: 'a b' },
      { ...good, expires: '2026-01-01' },
      { ...good, expires: 'x' },
      good,
    ];
    expect(keptFrom(JSON.stringify(list), now)).toEqual([good]);
    expect(keptFrom(JSON.stringify(Array(1000).fill(good)), now).length).toBeLessThanOrEqual(100);
  });
});

describe('sharing', () => {
  it('writes embed code that no title breaks out of', () => {
    const code = embedCode('https://host/embed/x?a=1&b="2"', `"><script>alert('x')</script>&`);
    expect(code).toContain('src="https://host/embed/x?a=1&amp;b=%222%22"');
    expect(code.match(/[<>]/g)?.join('')).toBe('<><>');
    expect(code).not.toContain('<script');
  });
  it('offers days that the server allows', () => {
    expect(choicesOfDays(30, 365)).toEqual([1, 7, 30, 90, 365]);
    expect(choicesOfDays(14, 60)).toEqual([1, 7, 14, 30, 60]);
    expect(choicesOfDays(0, 0)).toEqual([1, 7, 30, 90, 365, 0]);
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let http: HttpServer;
let answer: Answer;
let seen: string[] = [];
let server: Server;

beforeAll(async () => {
  http = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
    request.on('error', () => undefined);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  server = new Server(`http://127.0.0.1:${port}/below/`, { answer: 500, quiet: 300, between: 20 });
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
});
beforeEach(() => (seen = []));

const json =
  (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
const plain =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(text);
const endless: Answer = (_, response) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(65536, 0x5b);
  const pour = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pour);
  };
  pour();
};
const never: Answer = () => undefined;
const hangUp: Answer = (request) => request.socket.destroy();
const half: Answer = (_, response) => {
  response.writeHead(200, { 'Content-Length': '1000' });
  response.write('{"id":');
  setTimeout(() => response.destroy(), 20);
};

describe('a host without our server', () => {
  it.each<[string, Answer]>([
    ['404', plain(404, 'Not found')],
    ['a page for everything', plain(200, '<!doctype html><title>Home</title>')],
    ['other JSON', json(200, { hello: 'world' })],
    ['no end', endless],
    ['half an answer', half],
    ['no answer', never],
    ['hangs up', hangUp],
  ])('%s: nothing is offered', async (_, how) => {
    answer = how;
    expect(await server.info()).toBeNull();
    expect(seen).toEqual(['GET /below/api/v1/models']);
  });
});

describe('refusals become sentences', () => {
  const message = (how: Answer): Promise<string> => {
    answer = how;
    return server.startRender('{}', 'key', '').then(
      () => 'taken',
      (error: unknown) => {
        expect(error).toBeInstanceOf(ServerError);
        return (error as Error).message;
      },
    );
  };
  const said = { error: { code: 'queue_full', message: 'All places are taken.' } };
  it('with what the server says', async () => {
    expect(await message(json(400, { error: { code: 'bad_request', message: 'The seed is no number.' } }))).toBe(
      'The seed is no number.',
    );
    expect(await message(json(429, said, { 'Retry-After': '7' }))).toBe('All places are taken. Try again in 7 s.');
    expect(await message(json(503, said, { 'Retry-After': '600' }))).toBe(
      'All places are taken. Try again in 10 minutes.',
    );
    for (const bad of ['-5', 'soon', '1e99', ''])
      expect(await message(json(429, said, { 'Retry-After': bad }))).toBe('All places are taken. Try again later.');
    expect((await message(json(400, { error: { message: 'x'.repeat(1e5) } }))).length).toBe(300);
  });
  it('and with our own where it says nothing that can be read', async () => {
    for (const body of ['', 'null', '[]', '{"error":7}', '{"error":{"message":7}}', '<html>']) {
      expect(await message(plain(413, body)), body).toMatch(/larger than the server takes/);
      expect(await message(plain(401, body)), body).toMatch(/access token/);
      expect(await message(plain(503, body)), body).toMatch(/busy/);
      expect(await message(plain(500, body)), body).toMatch(/\(500\)/);
    }
    expect(await message(never)).toMatch(/too long/);
    expect(await message(hangUp)).toMatch(/could not be reached/);
    expect(await message(half)).toMatch(/could not be reached/);
    expect(await message(endless)).toMatch(/does not understand/);
    expect(await message(json(202, { ...STATUS, id: '' }))).toMatch(/does not understand/);
  });
});

it('sends a dance and reads the link; deletes with the token; a dance gone already counts as deleted', async () => {
  const dance = new Uint8Array([1, 2, 3]);
  let body = Buffer.alloc(0);
  answer = (request, response, got) => {
    body = got;
    json(201, SHARED)(request, response, got);
  };
  const shared = await server.share(dance, 7);
  expect([...body]).toEqual([1, 2, 3]);
  expect(shared).toEqual({
    id: ID,
    url: SHARED.url,
    embedUrl: SHARED.embed_url,
    deleteToken: 'token-1',
    expires: new Date(SHARED.expires),
  });
  await server.share(dance, 0);
  let token: unknown;
  answer = (request, response) => {
    token = request.headers['x-delete-token'];
    response.writeHead(204).end();
  };
  await server.unshare(ID, 'token-1');
  expect(token).toBe('token-1');
  expect(seen).toEqual([
    'POST /below/api/v1/dances?days=7',
    'POST /below/api/v1/dances',
    `DELETE /below/api/v1/dances/${ID}`,
  ]);
  answer = json(404, { error: { code: 'not_found', message: 'Gone.' } });
  await server.unshare(ID, 'token-1');
  answer = json(403, { error: { code: 'denied', message: 'Another token.' } });
  await expect(server.unshare(ID, 'x')).rejects.toThrow('Another token.');
});

it('takes no dance larger than 4 MB', async () => {
  answer = (_, response) => response.end(Buffer.alloc(5 * 1024 * 1024));
  await expect(server.dance(ID)).rejects.toThrow(/does not understand/);
  answer = (_, response) => response.end(Buffer.alloc(1024 * 1024, 7));
  expect((await server.dance(ID)).length).toBe(1024 * 1024);
});

/** Watches to the end: what was told, and why it ended. */
function watched(): Promise<{ told: RenderStatus[]; lost: string }> {
  const told: RenderStatus[] = [];
  return new Promise((done) => {
    server.watchRender(
      ID,
      (status) => {
        told.push(status);
        if (status.state === 'done' || status.state === 'failed') setTimeout(() => done({ told, lost: '' }), 100);
      },
      (error) => done({ told, lost: error.message }),
    );
  });
}

/** Each question gets the next answer, the last one again and again. */
function answers(list: Answer[]): void {
  let next = 0;
  answer = (...all) => list[Math.min(next++, list.length - 1)]!(...all);
}

const running = (progress: number): object => ({ ...STATUS, state: 'running', position: 0, device: 'CUDA', progress });
const done = { ...STATUS, state: 'done', progress: 1 };

describe('watching a render by asking', () => {
  it('tells every state, goes on over failures, and stops at the end', async () => {
    answers([
      json(200, STATUS),
      plain(502, ''),
      hangUp,
      json(200, running(0.5)),
      never,
      plain(200, '{'),
      json(200, done),
    ]);
    const { told, lost } = await watched();
    expect(told.map(({ state }) => state)).toEqual(['queued', 'running', 'done']);
    expect(lost).toBe('');
    expect(seen.length).toBe(7);
  });
  it('gives up when the render is unknown, or nothing comes ten times in a row', async () => {
    answer = plain(404, '');
    expect(await watched()).toEqual({ told: [], lost: 'The server no longer knows this dance. Start it again.' });
    seen = [];
    answer = plain(500, '');
    expect((await watched()).lost).toMatch(/\(500\)/);
    expect(seen.length).toBe(10);
  });
  it('never tells of another render', async () => {
    answers([json(200, { ...done, id: 'another-render' }), plain(404, '')]);
    expect((await watched()).told).toEqual([]);
  });
  it('is quiet once it was stopped', async () => {
    answer = json(200, running(0.1));
    let count = 0;
    const watch = server.watchRender(
      ID,
      () => {
        count += 1;
        if (count === 2) watch.stop();
      },
      () => (count = -1),
    );
    await new Promise((next) => setTimeout(next, 300));
    expect(count).toBe(2);
  });
});

/** What the page needs of a browser's EventSource, over fetch. */
class Events extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  onerror: (() => void) | null = null;
  private readonly abort = new AbortController();
  constructor(url: string) {
    super();
    void this.read(url);
  }
  close(): void {
    this.readyState = Events.CLOSED;
    this.abort.abort();
  }
  private async read(url: string): Promise<void> {
    try {
      const response = await fetch(url, { signal: this.abort.signal });
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new Error('no events');
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1] ?? '';
          text = text.slice(end + 2);
          this.dispatchEvent(new MessageEvent('status', { data }));
        }
      }
    } catch {
      if (this.readyState === Events.CLOSED) return;
      this.readyState = Events.CLOSED;
      this.onerror?.();
    }
  }
}

describe('watching a render by its events', () => {
  beforeAll(() => void Object.assign(globalThis, { EventSource: Events }));
  afterAll(() => void Reflect.deleteProperty(globalThis, 'EventSource'));
  const stream =
    (...lines: (string | object)[]): Answer =>
    (request, response, body) => {
      if (!request.url?.endsWith('/events')) return json(200, done)(request, response, body);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      lines.forEach((line, i) =>
        setTimeout(
          () =>
            response.write(
              `id: ${i}\nevent: status\ndata: ${typeof line === 'string' ? line : JSON.stringify(line)}\n\n`,
            ),
          20 * i,
        ),
      );
    };
  const states = async (): Promise<string[]> =>
    (await watched()).told.map(({ state, progress }) => `${state} ${progress}`);

  it('tells them in order and asks nothing', async () => {
    answer = stream(STATUS, running(0.25), running(0.75), done);
    expect(await states()).toEqual(['queued 0', 'running 0.25', 'running 0.75', 'done 1']);
    expect(seen).toEqual([`GET /below/api/v1/renders/${ID}/events`]);
  });
  it.each<[string, Answer, string[]]>([
    ['falls silent', stream(STATUS), ['queued 0', 'done 1']],
    ['sends garbage', stream(STATUS, '{"id":'), ['queued 0', 'done 1']],
    ['tells of another render', stream({ ...done, id: 'another' }), ['done 1']],
    [
      'is not there',
      (request, ...more) => (request.url?.endsWith('/events') ? plain(404, '') : json(200, done))(request, ...more),
      ['done 1'],
    ],
    [
      'never answers',
      (request, ...more) => (request.url?.endsWith('/events') ? never : json(200, done))(request, ...more),
      ['done 1'],
    ],
  ])('asks when the stream %s', async (_, how, expected) => {
    answer = how;
    expect(await states()).toEqual(expected);
  });
});
