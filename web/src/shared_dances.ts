// Dances that were shared: what the browser remembers of them, how long their links may work, how other pages show them.

import { isId } from './server';

export const MOST_KEPT = 100; // shared dances remembered
const DAYS = [1, 7, 30, 90, 365]; // that a link may work for

/** One shared dance, with what it takes to delete it. */
export interface Kept {
  id: string;
  url: string;
  embedUrl: string;
  deleteToken: string; // '': shared by somebody else
  title: string;
  expires: string; // ISO date, '': never
}

const address = (text: unknown): text is string =>
  typeof text === 'string' && /^https?:\/\//.test(text) && text.length < 2000;

/** Shared dances from storage, the newest first; what is damaged or has expired is left out. */
export function keptFrom(text: string | null, now: Date): Kept[] {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  const out: Kept[] = [];
  for (const item of list.slice(0, MOST_KEPT) as Partial<Record<keyof Kept, unknown>>[]) {
    if (typeof item !== 'object' || item === null) continue;
    const { id, url, embedUrl, deleteToken, title, expires } = item;
    if (!isId(id) || !isId(deleteToken) || !address(url) || !address(embedUrl)) continue;
    const until = typeof expires === 'string' ? expires : '';
    if (until && !(new Date(until) > now)) continue;
    out.push({
      id,
      url,
      embedUrl,
      deleteToken,
      title: typeof title === 'string' ? title.slice(0, 200) : '',
      expires: until,
    });
  }
  return out;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

/** HTML that shows the dance in another page. */
export function embedCode(embedUrl: string, title: string): string {
  const src = escaped(new URL(embedUrl).href);
  return `<iframe src="${src}" title="${escaped(title || 'A dance')}" width="640" height="400" style="border:0" allowfullscreen></iframe>`;
}

/** How long links may be asked to work, days; 0: for good. */
export function choicesOfDays(defaultDays: number, maxDays: number): number[] {
  const allowed = DAYS.filter((days) => maxDays === 0 || days <= maxDays);
  if (defaultDays > 0 && !allowed.includes(defaultDays) && (maxDays === 0 || defaultDays <= maxDays))
    allowed.push(defaultDays);
  if (maxDays > 0 && !allowed.includes(maxDays)) allowed.push(maxDays);
  allowed.sort((a, b) => a - b);
  return defaultDays === 0 && maxDays === 0 ? [...allowed, 0] : allowed;
}
