// Fetches model files once, checks them against the manifest, keeps them in the browser's cache by their hash.

const CACHE = 'terpsi-models-v1';

export interface ModelFile {
  file: string;
  sha256: string; // lower-case hexadecimal
  bytes: number;
}

export type OnBytes = (received: number, total: number) => void;

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Reads a response to its end and reports bytes as they come. Refuses more than `limit` bytes. */
export async function readAll(response: Response, limit: number, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) throw new Error('The server sent nothing.');
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let received = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    received += value.length;
    if (received > limit) {
      await reader.cancel();
      throw new Error('The server sent more than the manifest says.');
    }
    parts.push(value);
    onBytes(received, limit);
  }
  const all = new Uint8Array(received);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function openCache(): Promise<Cache | null> {
  try {
    return typeof caches === 'undefined' ? null : await caches.open(CACHE);
  } catch {
    return null; // private windows may refuse; then every visit downloads
  }
}

/** Drops cached weights that the manifest no longer names. */
export async function forgetOthers(base: string, models: ModelFile[]): Promise<void> {
  const keep = models.map((model) => keyOf(base, model));
  const cache = await openCache();
  for (const request of (await cache?.keys()) ?? []) {
    if (!keep.includes(request.url)) await cache?.delete(request);
  }
}

function keyOf(base: string, model: ModelFile): string {
  return new URL(`models/${encodeURIComponent(model.file)}?sha256=${model.sha256}`, base).href;
}

/** True when the model is in the browser's cache. */
export async function isKept(base: string, model: ModelFile): Promise<boolean> {
  const cache = await openCache();
  return (await cache?.match(keyOf(base, model))) !== undefined;
}

/** The model's bytes, from the cache or from `base`/models/. Throws an Error with a sentence for the viewer. */
export async function fetchModel(
  base: string,
  model: ModelFile,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = keyOf(base, model);
  const cache = await openCache();
  const kept = await cache?.match(key);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if ((await sha256(bytes)) === model.sha256) return bytes;
    await cache?.delete(key);
  }
  const response = await fetch(new URL(`models/${encodeURIComponent(model.file)}`, base), { signal });
  if (!response.ok) throw new Error(`The dance model could not be fetched (${response.status}). Reload the page.`);
  const bytes = await readAll(response, model.bytes, onBytes);
  if (bytes.length !== model.bytes || (await sha256(bytes)) !== model.sha256) {
    throw new Error('The dance model arrived damaged (its SHA-256 differs from the manifest). Reload the page.');
  }
  if (cache) {
    try {
      await cache.put(key, new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } }));
    } catch {
      // no room: it will be fetched again next time
    }
  }
  return bytes;
}
