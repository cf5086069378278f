// The page around the stage: title bar, welcome, progress, notices, and the accessible twins of the drawn controls.

import type { ExportFormat } from './core';

export type StepName = 'decode' | 'analyse' | 'download' | 'generate';
export type PageState = 'welcome' | 'opening' | 'work' | 'song' | 'live';

export function need<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found as T;
}

export const dom = {
  stage: need<HTMLCanvasElement>('stage'),
  bar: need('bar'),
  title: need('title'),
  file: need<HTMLInputElement>('file'),
  demo: need<HTMLButtonElement>('demo'),
  listen: need<HTMLButtonElement>('listen'),
  work: need('work'),
  workTitle: need('work-title'),
  workBar: need<HTMLProgressElement>('work-bar'),
  cancel: need<HTMLButtonElement>('cancel'),
  play: need<HTMLButtonElement>('play'),
  stop: need<HTMLButtonElement>('stop'),
  position: need<HTMLInputElement>('position'),
  section: (): HTMLSelectElement => need('section'), // controls.ts adds it
  home: need<HTMLButtonElement>('home'),
  facts: need('facts'),
  highQuality: need<HTMLButtonElement>('high-quality'),
  newSong: need<HTMLButtonElement>('new-song'),
  notice: need('notice'),
  noticeText: need('notice-text'),
  noticeClose: need<HTMLButtonElement>('notice-close'),
  live: need('live'),
  embedPlay: need<HTMLButtonElement>('embed-play'),
  embedLink: need<HTMLAnchorElement>('embed-link'),
};

export function showState(state: PageState): void {
  document.body.dataset['state'] = state;
  dom.work.hidden = state !== 'work';
}

/** Read aloud by screen readers. */
export function announce(text: string): void {
  dom.live.textContent = text;
}

export function showNotice(text: string): void {
  dom.noticeText.textContent = text;
  dom.notice.hidden = false;
}

export function hideNotice(): void {
  dom.notice.hidden = true;
  dom.noticeText.textContent = '';
}

/** Titles are untrusted: shown as text, never as markup. */
export function showTitle(text: string): void {
  dom.title.textContent = text;
  document.title = text ? `${text} · Terpsi` : 'Terpsi';
}

export function resetSteps(title: string): void {
  dom.workTitle.textContent = title;
  for (const item of dom.work.querySelectorAll<HTMLElement>('li')) {
    delete item.dataset['now'];
    const how = item.querySelector('.how');
    if (how) how.textContent = '';
  }
  dom.workBar.removeAttribute('value');
}

/** `share` 0 to 1 moves the bar; null: how far is not known. */
export function showStep(step: StepName, now: 'doing' | 'done', how = '', share: number | null = null): void {
  const item = dom.work.querySelector<HTMLElement>(`li[data-step="${step}"]`);
  if (!item) return;
  item.dataset['now'] = now;
  const text = item.querySelector('.how');
  if (text) text.textContent = how;
  if (now === 'done') return;
  if (share === null) dom.workBar.removeAttribute('value');
  else dom.workBar.value = share;
}

function fill(list: HTMLSelectElement, options: { value: string; name: string }[]): void {
  list.replaceChildren(
    ...options.map(({ value, name }) => {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = name;
      return option;
    }),
  );
}

/** `names`: first 'auto'. */
export function fillStyles(names: string[]): void {
  fill(
    need('style'),
    names.map((name) => ({ value: name, name })),
  );
  fill(need('section-style'), [
    { value: '', name: 'like the rest' },
    ...names.slice(1).map((name) => ({ value: name, name })),
  ]);
}

export function fillSections(places: { where: number; name: string }[]): void {
  fill(
    dom.section(),
    places.map(({ where, name }) => ({ value: String(where), name })),
  );
}

/** Whether the dance comes from a file, without its song: what makes dances is hidden. */
export function showGiven(given: boolean): void {
  document.body.toggleAttribute('data-given', given);
  dom.newSong.textContent = given ? 'Make your own' : 'New song';
}

/** The stage alone, for other pages; the link leads to the dance's own page. */
export function showBare(link: string): void {
  document.body.dataset['bare'] = '';
  dom.embedLink.href = link;
}

export function showPlay(playing: boolean): void {
  dom.play.textContent = playing ? 'Pause' : 'Play';
  dom.embedPlay.setAttribute('aria-label', playing ? 'Pause' : 'Play');
  dom.embedPlay.dataset['now'] = playing ? 'playing' : 'paused';
}

const saves = new Map<HTMLButtonElement, ExportFormat>();

/** A button in the title bar for each format that a dance can be saved in. */
export function fillSaves(formats: ExportFormat[], download: (format: ExportFormat) => void): void {
  for (const format of formats) {
    const button = document.createElement('button');
    button.id = `save-${format.extension}`;
    button.className = 'quiet song-only save';
    button.disabled = true;
    button.addEventListener('click', () => download(format));
    saves.set(button, format);
  }
  dom.highQuality.before(...saves.keys());
}

export function enableSaves(yes: boolean): void {
  for (const button of saves.keys()) button.disabled = !yes;
}

/** Labels the buttons with what they save when several dance. */
export function showSaves(dancers: number): void {
  for (const [button, { extension, label, every_dancer }] of saves) {
    const each = dancers > 1 && every_dancer;
    button.textContent = each ? `.${extension} ×${dancers}` : `.${extension}`;
    if (each) button.title = `Save ${dancers} files, one for each dancer: ${label}`;
    else button.title = `Save the dance${dancers > 1 ? ' of the first dancer' : ''}: ${label}`;
  }
}

/** Hands the viewer a file to keep. */
export function save(bytes: Uint8Array, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file name without its ending, short enough for a title. */
export function titleOf(fileName: string): string {
  const plain = fileName.replace(/\.[a-z0-9]{1,5}$/i, '').trim() || 'Untitled';
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain;
}
