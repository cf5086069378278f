// What the server asks of the page it hands out at /d/ID and /embed/ID, in meta tags.

import { isId } from './server';

export interface Wanted {
  dance: string; // id of a shared dance
  bare: boolean; // within another page: the stage alone
}

const content = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** The shared dance that this page is to show; null: none. */
export function wantedDance(): Wanted | null {
  const dance = content('terpsi-dance');
  return isId(dance) ? { dance, bare: content('terpsi-embed') !== '' } : null;
}

/** Where a shared dance stands below the page's folder. */
export function addressesOf(base: string, id: string): { url: string; embedUrl: string } {
  return { url: new URL(`d/${id}`, base).href, embedUrl: new URL(`embed/${id}`, base).href };
}
