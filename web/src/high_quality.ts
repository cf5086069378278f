// A dance by the server's larger model: asked for, watched, cancelled, taken.

import { recall, remember } from './memory';
import { need } from './page';
import { ServerError, type RenderStatus, type Server, type ServerInfo, type Watch } from './server';

const TOKEN = 'terpsi.token';

export interface HighQualityHost {
  /** What to dance, as POST /api/v1/renders takes it (JSON). */
  request(): Promise<string>;
  /** The dance is there; takes it for the song on the stage. */
  take(dance: Uint8Array<ArrayBuffer>, madeBy: string): Promise<void>;
  announce(text: string): void;
}

const dom = {
  button: need<HTMLButtonElement>('high-quality'),
  panel: need('render'),
  text: need('render-text'),
  bar: need<HTMLProgressElement>('render-bar'),
  cancel: need<HTMLButtonElement>('render-cancel'),
  dialog: need<HTMLDialogElement>('token-dialog'),
  token: need<HTMLInputElement>('token'),
  start: need<HTMLButtonElement>('token-start'),
  close: need<HTMLButtonElement>('token-close'),
};

/** A device in a word: "CPU" of "CPU, 2 threads". */
const inShort = (device: string): string => device.split(',')[0] ?? '';

/** The panel's text about a render. */
export function renderText({ state, position, progress, device }: RenderStatus): string {
  switch (state) {
    case 'queued':
      return position > 0 ? `Waiting, ${position} ahead` : 'Waiting for its turn';
    case 'running':
      return `Dancing${device ? ` on ${inShort(device)}` : ''}, ${Math.round(progress * 100)} %`;
    case 'done':
      return 'Fetching the dance';
    case 'failed':
      return 'It failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class HighQuality {
  private info: ServerInfo | null = null;
  private attempt = 0; // number of the newest press; answers to older ones are dropped
  private id = ''; // of the render under way
  private watch: Watch | null = null;

  constructor(
    private readonly server: Server,
    private readonly host: HighQualityHost,
  ) {
    dom.button.addEventListener('click', () => this.press());
    dom.cancel.addEventListener('click', () => {
      if (this.active) this.host.announce('Cancelled');
      this.cancel();
    });
    dom.start.addEventListener('click', () => this.takeToken());
    dom.token.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.takeToken();
    });
    dom.close.addEventListener('click', () => dom.dialog.close());
    window.addEventListener('pagehide', () => this.cancel());
  }

  /** A render is under way. */
  get active(): boolean {
    return dom.button.getAttribute('aria-busy') === 'true';
  }

  offer(info: ServerInfo | null): void {
    this.info = info?.renders.available ? info : null;
    dom.button.hidden = !this.info;
  }

  set enabled(yes: boolean) {
    dom.button.disabled = !yes;
  }

  /** Cancels the render, if there is one, and clears the text about the last. */
  cancel(): void {
    this.attempt += 1;
    if (this.id) void this.server.cancelRender(this.id).catch(() => undefined);
    this.rest();
    dom.panel.hidden = true;
  }

  private press(): void {
    if (!this.info || this.active) return;
    if (this.info.renders.tokenRequired && !recall(TOKEN, 'session')) {
      dom.token.value = '';
      dom.dialog.showModal();
    } else {
      void this.run(recall(TOKEN, 'session') ?? '');
    }
  }

  private takeToken(): void {
    const token = dom.token.value.trim();
    if (!/^[\x21-\x7e]{1,512}$/.test(token)) {
      dom.token.focus();
      return;
    }
    remember(TOKEN, token, 'session');
    dom.dialog.close();
    void this.run(token);
  }

  private async run(token: string): Promise<void> {
    this.attempt += 1;
    const mine = this.attempt;
    dom.button.setAttribute('aria-busy', 'true');
    this.say('Asking the server', null);
    try {
      const request = await this.host.request();
      if (mine !== this.attempt) return;
      const status = await this.server.startRender(request, randomKey(), this.info?.renders.tokenRequired ? token : '');
      if (mine !== this.attempt) {
        await this.server.cancelRender(status.id);
        return;
      }
      this.id = status.id;
      this.show(status);
      const last = await this.over(status.id);
      if (mine !== this.attempt) return;
      await this.finish(last, mine);
    } catch (error) {
      if (mine !== this.attempt) return;
      if (error instanceof ServerError && (error.status === 401 || error.status === 403))
        remember(TOKEN, '', 'session');
      this.fail(error instanceof Error ? error.message : 'This did not work. Try again.');
    }
  }

  /** The last status of a render; each one on the way is shown. */
  private over(id: string): Promise<RenderStatus> {
    return new Promise((resolve, reject) => {
      this.watch = this.server.watchRender(
        id,
        (status) => {
          this.show(status);
          if (status.state !== 'queued' && status.state !== 'running') resolve(status);
        },
        reject,
      );
    });
  }

  private async finish(status: RenderStatus, mine: number): Promise<void> {
    if (status.state === 'failed') throw new ServerError(status.error || 'The server could not make this dance.');
    if (status.state === 'cancelled') throw new ServerError('The server cancelled this dance. Start it again.');
    const dance = await this.server.renderResult(status.id);
    if (mine !== this.attempt) return;
    this.id = ''; // nothing left to cancel
    const by = [status.model || 'the server', inShort(status.device)].filter(Boolean).join(' on ');
    await this.host.take(dance, by);
    if (mine !== this.attempt) return;
    this.rest();
    const limits = this.info?.models.find(({ name }) => name === status.model)?.researchOnly
      ? ' For research only.'
      : '';
    this.say(`High quality: made by ${by}.${limits}`, null);
    dom.bar.hidden = true;
    dom.cancel.textContent = 'Close';
    this.host.announce(`The high-quality dance is ready, made by ${by}.`);
  }

  private show(status: RenderStatus): void {
    this.say(renderText(status), status.state === 'running' ? status.progress : null);
  }

  /** `share` 0 to 1 moves the bar; null: how far is not known. */
  private say(text: string, share: number | null): void {
    dom.panel.hidden = false;
    delete dom.panel.dataset['failed'];
    dom.text.textContent = text;
    dom.bar.hidden = false;
    if (share === null) dom.bar.removeAttribute('value');
    else dom.bar.value = share;
    dom.cancel.textContent = 'Cancel';
  }

  private fail(message: string): void {
    if (this.id) void this.server.cancelRender(this.id).catch(() => undefined);
    this.rest();
    this.say(message, null);
    dom.panel.dataset['failed'] = '';
    dom.bar.hidden = true;
    dom.cancel.textContent = 'Close';
  }

  private rest(): void {
    this.watch?.stop();
    this.watch = null;
    this.id = '';
    dom.button.removeAttribute('aria-busy');
  }
}
