// What the browser keeps for the page. Storage may be forbidden or full: then nothing is remembered.

export type Keep = 'always' | 'session';

const storage = (keep: Keep): Storage => (keep === 'always' ? localStorage : sessionStorage);

export function recall(key: string, keep: Keep = 'always'): string | null {
  try {
    return storage(keep).getItem(key);
  } catch {
    return null;
  }
}

/** '' forgets it. */
export function remember(key: string, text: string, keep: Keep = 'always'): void {
  try {
    if (text) storage(keep).setItem(key, text);
    else storage(keep).removeItem(key);
  } catch {
    // not remembered
  }
}
