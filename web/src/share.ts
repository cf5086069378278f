// Sharing a dance by a link: the dialog, and what this browser remembers of dances shared before.

import { recall, remember } from './memory';
import { need } from './page';
import { ServerError, type Server, type ServerInfo } from './server';
import { choicesOfDays, embedCode, keptFrom, MOST_KEPT, type Kept } from './shared_dances';

const KEY = 'terpsi.shared';

export interface ShareHost {
  /** The dance on the stage as a file of that title. */
  dance(title: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Names the dance on the stage, so that it is not uploaded twice. */
  key(): string;
  title(): string;
  /** The shared dance that this page was opened for, while it is on the stage. */
  opened(): { id: string; url: string; embedUrl: string } | null;
  announce(text: string): void;
}

const dom = {
  button: need<HTMLButtonElement>('share'),
  dialog: need<HTMLDialogElement>('share-dialog'),
  ask: need('share-ask'),
  title: need<HTMLInputElement>('share-title'),
  days: need<HTMLSelectElement>('share-days'),
  make: need<HTMLButtonElement>('share-make'),
  done: need('share-done'),
  link: need<HTMLInputElement>('share-link'),
  copyLink: need<HTMLButtonElement>('share-copy'),
  embed: need<HTMLTextAreaElement>('share-embed'),
  copyEmbed: need<HTMLButtonElement>('share-copy-embed'),
  expires: need('share-expires'),
  remove: need<HTMLButtonElement>('share-delete'),
  error: need('share-error'),
  earlier: need<HTMLDetailsElement>('share-earlier'),
  list: need('share-list'),
  close: need<HTMLButtonElement>('share-close'),
};

const daysText = (days: number): string =>
  days === 0 ? 'as long as it is kept' : days === 1 ? '1 day' : `${days} days`;
const dateText = (iso: string): string =>
  new Date(iso).toLocaleDateString(undefined, { year: 'numeric', month: 'long', day: 'numeric' });

export class Share {
  private info: ServerInfo['dances'] | null = null;
  private current: Kept | null = null; // whose link is shown
  private keyOfCurrent = '';
  private busy = false;

  constructor(
    private readonly server: Server,
    private readonly host: ShareHost,
  ) {
    dom.button.addEventListener('click', () => this.open());
    dom.close.addEventListener('click', () => dom.dialog.close());
    dom.dialog.addEventListener('click', (event) => {
      if (event.target === dom.dialog) dom.dialog.close(); // beside it
    });
    dom.make.addEventListener('click', () => void this.run(() => this.upload()));
    dom.remove.addEventListener('click', () => void this.run(() => this.remove(this.current)));
    dom.copyLink.addEventListener('click', () => void this.copy(dom.link, dom.copyLink));
    dom.copyEmbed.addEventListener('click', () => void this.copy(dom.embed, dom.copyEmbed));
  }

  /** Offers sharing; null: there is nobody to share with. */
  offer(info: ServerInfo['dances'] | null): void {
    this.info = info?.available ? info : null;
    dom.button.hidden = !this.info;
    if (!this.info) return;
    const { defaultDays, maxDays } = this.info;
    dom.days.replaceChildren(
      ...choicesOfDays(defaultDays, maxDays).map((days) => {
        const option = document.createElement('option');
        option.value = String(days);
        option.textContent = daysText(days);
        option.selected = days === defaultDays;
        return option;
      }),
    );
  }

  set enabled(yes: boolean) {
    dom.button.disabled = !yes;
  }

  private kept(): Kept[] {
    return keptFrom(recall(KEY), new Date());
  }

  private keep(list: Kept[]): void {
    remember(KEY, list.length > 0 ? JSON.stringify(list.slice(0, MOST_KEPT)) : '');
  }

  private open(): void {
    const opened = this.host.opened();
    if (opened) {
      const mine = this.kept().find(({ id }) => id === opened.id);
      this.current = mine ?? { ...opened, deleteToken: '', title: this.host.title(), expires: '' };
    } else if (this.keyOfCurrent !== this.host.key()) {
      this.current = null;
    }
    dom.title.value = this.host.title();
    this.fail('');
    this.show();
    dom.dialog.showModal();
    if (this.current) dom.link.select();
  }

  private show(): void {
    const shown = this.current;
    dom.ask.hidden = shown !== null;
    dom.done.hidden = shown === null;
    if (shown) {
      dom.link.value = shown.url;
      dom.embed.value = embedCode(shown.embedUrl, shown.title);
      dom.expires.textContent = shown.expires ? `The link works until ${dateText(shown.expires)}.` : '';
      dom.remove.hidden = !shown.deleteToken;
    }
    const earlier = this.kept().filter(({ id }) => id !== shown?.id);
    dom.earlier.hidden = earlier.length === 0;
    dom.list.replaceChildren(...earlier.map((kept) => this.row(kept)));
  }

  private row(kept: Kept): HTMLElement {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = kept.url;
    link.textContent = kept.title || kept.id;
    link.target = '_blank';
    link.rel = 'noopener';
    const remove = document.createElement('button');
    remove.className = 'quiet';
    remove.textContent = 'Delete';
    remove.setAttribute('aria-label', `Delete ${link.textContent}`);
    remove.addEventListener('click', () => void this.run(() => this.remove(kept)));
    item.append(link, remove);
    return item;
  }

  private async upload(): Promise<void> {
    const title = dom.title.value.trim();
    const key = this.host.key();
    const bytes = await this.host.dance(title);
    if (bytes.length > (this.info?.maxBytes ?? 0)) throw new ServerError('This dance is larger than the server takes.');
    const { expires, ...shared } = await this.server.share(bytes, Number(dom.days.value));
    this.current = { ...shared, title, expires: expires?.toISOString() ?? '' };
    this.keyOfCurrent = key;
    this.keep([this.current, ...this.kept()]);
    this.host.announce('The link is ready');
    this.show();
    dom.link.focus();
    dom.link.select();
  }

  private async remove(kept: Kept | null): Promise<void> {
    if (!kept?.deleteToken) return;
    await this.server.unshare(kept.id, kept.deleteToken);
    this.keep(this.kept().filter(({ id }) => id !== kept.id));
    if (this.current?.id === kept.id) {
      this.current = null;
      this.keyOfCurrent = '';
    }
    this.host.announce('Deleted. The link no longer works.');
    this.show();
  }

  /** One thing at a time; what goes wrong is said in the dialog. */
  private async run(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    dom.dialog.setAttribute('aria-busy', 'true');
    this.fail('');
    try {
      await work();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : 'This did not work. Try again.');
    } finally {
      this.busy = false;
      dom.dialog.removeAttribute('aria-busy');
    }
  }

  private fail(message: string): void {
    dom.error.textContent = message;
    dom.error.hidden = !message;
  }

  private async copy(field: HTMLInputElement | HTMLTextAreaElement, button: HTMLButtonElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // to be copied by hand
      return;
    }
    const label = button.textContent;
    if (label === 'Copied') return;
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = label), 1500);
    this.host.announce('Copied');
  }
}
