// Client of the server's API. Names of paths and fields are held to native/server/openapi.yaml by its generated types;
// every answer is untrusted all the same: bounded, and checked before it is used.

import { MAX_DANCE_BYTES } from './decode';
import type { components, paths } from './generated/api';

type Schemas = components['schemas'];
type ApiPath = Extract<keyof paths, `/api/v1/${string}`>;

const MAX_JSON_BYTES = 256 * 1024;
const MAX_SENTENCE = 300; // characters of a message that are shown
const MAX_FAILURES = 10; // polls in a row without an answer

/** Milliseconds. */
export interface Patience {
  answer: number; // for one answer
  quiet: number; // without an event until the page polls
  between: number; // between two polls
}
const PATIENCE: Patience = { answer: 20_000, quiet: 10_000, between: 1000 };

/** A problem that the viewer can act on; its message is shown as it is. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status = 0, // of HTTP; 0: there was no answer, or a wrong one
    readonly code = '', // machine-readable
  ) {
    super(message);
  }
}

export interface ServerModel {
  name: string;
  researchOnly: boolean;
}

/** What the server offers. */
export interface ServerInfo {
  models: ServerModel[];
  model: string; // the one it takes when none is named
  renders: { available: boolean; tokenRequired: boolean };
  dances: { available: boolean; maxBytes: number; defaultDays: number; maxDays: number };
}

export type RenderState = Schemas['Render']['state'];
const RENDER_STATES: readonly RenderState[] = ['queued', 'running', 'done', 'failed', 'cancelled'];

export interface RenderStatus {
  id: string;
  state: RenderState;
  progress: number; // 0 to 1
  position: number; // renders ahead of it while queued
  model: string;
  device: string;
  error: string; // a sentence, of failed ones
}

export interface SharedDance {
  id: string;
  url: string;
  embedUrl: string;
  deleteToken: string;
  expires: Date | null; // null: never
}

export const isOver = (status: RenderStatus): boolean => status.state !== 'queued' && status.state !== 'running';

/** Names of dances and renders, and delete tokens. */
export const isId = (text: unknown): text is string => typeof text === 'string' && /^[\w-]{1,64}$/.test(text);

/** What claims to be a T: its fields, unchecked. */
type Fields<T> = { [K in keyof T]?: unknown };

const fields = <T>(value: unknown): Fields<T> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields<T>) : {};
const text = (value: unknown, most = MAX_SENTENCE): string => (typeof value === 'string' ? value.slice(0, most) : '');
const number = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && value >= low && value <= high ? value : otherwise;
const wrong = (): ServerError =>
  new ServerError('The server gave an answer that this page does not understand. Reload the page.');

/** An address of the web, as the server says it; anything else (such as javascript:) is refused. */
function webAddress(value: unknown): string {
  const url = text(value, 2000);
  try {
    const { protocol } = new URL(url);
    if (protocol === 'https:' || protocol === 'http:') return url;
  } catch {
    // not an address
  }
  throw wrong();
}

export function readInfo(json: unknown): ServerInfo | null {
  type Models = Schemas['Models'];
  const top = fields<Models>(json);
  if (!Array.isArray(top.models) || !('renders' in top) || !('dances' in top)) return null;
  const models = top.models
    .slice(0, 64)
    .map((model) => fields<Models['models'][number]>(model))
    .filter((m) => text(m.name) !== '');
  const renders = fields<Models['renders']>(top.renders);
  const dances = fields<Models['dances']>(top.dances);
  const maxDays = number(dances.max_days, 0, 36500, 0);
  return {
    models: models.map((m) => ({ name: text(m.name, 64), researchOnly: m.research_only === true })),
    model: text(top.default, 64),
    renders: { available: renders.available === true, tokenRequired: renders.token_required === true },
    dances: {
      available: dances.available === true,
      maxBytes: Math.min(number(dances.max_bytes, 0, 2 ** 40, MAX_DANCE_BYTES), MAX_DANCE_BYTES),
      defaultDays: number(dances.default_days, 0, 36500, 0),
      maxDays,
    },
  };
}

export function readStatus(json: unknown): RenderStatus {
  const top = fields<Schemas['Render']>(json);
  const state = RENDER_STATES.find((name) => name === top.state);
  if (!state || !isId(top.id)) throw wrong();
  return {
    id: top.id,
    state,
    progress: number(top.progress, 0, 1, 0),
    position: Math.floor(number(top.position, 0, 1e6, 0)),
    model: text(top.model, 64),
    device: text(top.device, 64),
    error: text(fields<{ message: string }>(top.error).message),
  };
}

export function readShared(json: unknown): SharedDance {
  const top = fields<Schemas['SharedDance']>(json);
  if (!isId(top.id) || !isId(top.delete_token)) throw wrong();
  const expires = typeof top.expires === 'string' ? new Date(top.expires) : null;
  if (expires && Number.isNaN(expires.getTime())) throw wrong();
  return {
    id: top.id,
    url: webAddress(top.url),
    embedUrl: webAddress(top.embed_url),
    deleteToken: top.delete_token,
    expires,
  };
}

/** When to come back, from Retry-After in seconds; '' where the server does not say. */
function later(response: Response): string {
  const seconds = Number(response.headers.get('Retry-After') ?? '');
  if (!(seconds > 0 && seconds < 86400)) return 'Try again later.';
  return seconds < 90 ? `Try again in ${Math.ceil(seconds)} s.` : `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

async function bytesOf(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length;
    if (size > most) {
      await reader?.cancel();
      throw wrong();
    }
    chunks.push(part.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

async function jsonOf(response: Response): Promise<unknown> {
  const bytes = await bytesOf(response, MAX_JSON_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw wrong();
  }
}

/** What a refusal says to people: the server's own sentence where it sent one. */
async function refusal(response: Response): Promise<ServerError> {
  const { status } = response;
  const body = fields<Schemas['Error']>(await jsonOf(response).catch(() => null));
  const error = fields<Schemas['Error']['error']>(body.error);
  const [code, message] = [text(error.code, 64), text(error.message)];
  if (status === 401 || status === 403)
    return new ServerError(message || 'The server wants a valid access token for this.', status, code);
  if (status === 429 || status === 503)
    return new ServerError(`${message || 'The server is busy.'} ${later(response)}`, status, code);
  if (message) return new ServerError(message, status, code);
  if (status === 404) return new ServerError('The server does not have this any more.', status, code);
  if (status === 413) return new ServerError('This is larger than the server takes.', status, code);
  if (status === 507) return new ServerError('The server has no room left. Try again later.', status, code);
  return new ServerError(`The server could not do this (${status}). Try again later.`, status, code);
}

export interface Watch {
  stop(): void;
}

export class Server {
  /** `base`: address of the page's folder, with a slash at its end. */
  constructor(
    private readonly base: string,
    private readonly patience = PATIENCE,
  ) {}

  /** Null where there is no such server: the page is on a static host. */
  async info(): Promise<ServerInfo | null> {
    return this.json(this.address('/api/v1/models'), {}, readInfo).catch(() => null);
  }

  dance(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.call(this.address('/api/v1/dances/{id}', id), { cache: 'default' }, (response) =>
      bytesOf(response, MAX_DANCE_BYTES),
    );
  }

  /** `days` until it expires; 0: the server's default. */
  share(dance: Uint8Array<ArrayBuffer>, days: number): Promise<SharedDance> {
    const url = this.address('/api/v1/dances');
    if (days > 0) url.searchParams.set('days', String(days));
    const headers = { 'Content-Type': 'application/octet-stream' };
    return this.json(url, { method: 'POST', body: new Blob([dance]), headers }, readShared);
  }

  /** A dance that is gone already counts as deleted. */
  async unshare(id: string, deleteToken: string): Promise<void> {
    const request = { method: 'DELETE', headers: { 'X-Delete-Token': deleteToken } };
    await this.call(this.address('/api/v1/dances/{id}', id), request, async () => undefined).catch((error: unknown) => {
      if (!(error instanceof ServerError && error.status === 404)) throw error;
    });
  }

  /** `request`: JSON. `key` names it, so that it is one render however often it is sent. */
  startRender(request: string, key: string, token: string): Promise<RenderStatus> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    if (token) headers['Authorization'] = `Bearer ${token}`;
    return this.json(this.address('/api/v1/renders'), { method: 'POST', body: request, headers }, readStatus);
  }

  renderStatus(id: string): Promise<RenderStatus> {
    return this.json(this.address('/api/v1/renders/{id}', id), {}, readStatus);
  }

  renderResult(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.call(this.address('/api/v1/renders/{id}/result', id), {}, (response) =>
      bytesOf(response, MAX_DANCE_BYTES),
    );
  }

  async cancelRender(id: string): Promise<void> {
    const request = { method: 'DELETE', keepalive: true };
    await this.call(this.address('/api/v1/renders/{id}', id), request, async () => undefined);
  }

  /**
   * Reports every status of a render until it is over: from the event stream, or by asking every second where there is
   * none or it falls silent. `lost` is called when the server no longer answers; nothing is reported after either.
   */
  watchRender(id: string, tell: (status: RenderStatus) => void, lost: (error: ServerError) => void): Watch {
    let open = true;
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let events: EventSource | null = null;
    const stop = (): void => {
      open = false;
      clearTimeout(timer);
      events?.close();
    };
    const take = (status: RenderStatus): void => {
      if (!open) return;
      if (status.id !== id) throw wrong();
      failures = 0;
      if (isOver(status)) stop();
      tell(status);
    };
    const ask = async (): Promise<void> => {
      try {
        take(await this.renderStatus(id));
      } catch (error) {
        if (!open) return;
        failures += 1;
        const gone = error instanceof ServerError && error.status === 404;
        if (gone || failures >= MAX_FAILURES) {
          stop();
          lost(
            gone ? new ServerError('The server no longer knows this dance. Start it again.') : (error as ServerError),
          );
        }
      }
      if (open) timer = setTimeout(() => void ask(), this.patience.between);
    };
    const askFromNowOn = (): void => {
      events?.close();
      events = null;
      clearTimeout(timer);
      if (open) void ask();
    };
    const listen = (): void => {
      if (typeof EventSource === 'undefined') {
        askFromNowOn();
        return;
      }
      events = new EventSource(this.address('/api/v1/renders/{id}/events', id));
      const heard = (): void => {
        clearTimeout(timer);
        timer = setTimeout(askFromNowOn, this.patience.quiet);
      };
      heard();
      events.addEventListener('status', (event: MessageEvent<string>) => {
        heard();
        try {
          take(readStatus(JSON.parse(event.data.slice(0, MAX_JSON_BYTES))));
        } catch {
          askFromNowOn();
        }
      });
      events.onerror = () => {
        // The browser connects again by itself unless it gave up; when that takes too long the page polls.
        if (events?.readyState === EventSource.CLOSED) askFromNowOn();
      };
    };
    listen();
    return { stop };
  }

  private address(path: ApiPath, id = ''): URL {
    return new URL(path.slice(1).replace('{id}', id), this.base);
  }

  private json<T>(url: URL, request: RequestInit, read: (json: unknown) => T): Promise<T> {
    return this.call(url, request, async (response) => read(await jsonOf(response)));
  }

  private async call<T>(url: URL, request: RequestInit, read: (response: Response) => Promise<T>): Promise<T> {
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), this.patience.answer);
    try {
      const response = await fetch(url, { cache: 'no-store', ...request, signal: clock.signal });
      if (!response.ok) throw await refusal(response);
      return await read(response);
    } catch (error) {
      if (error instanceof ServerError) throw error;
      if (clock.signal.aborted) throw new ServerError('The server took too long to answer. Try again later.');
      throw new ServerError('The server could not be reached. Check the connection and try again.');
    } finally {
      clearTimeout(timer);
    }
  }
}
