// The page's line to its worker: messages, and questions that get one answer.

import type { FromWorker, ToWorker } from './protocol';

export class Maker {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, { resolve: (m: FromWorker) => void; reject: (e: Error) => void }>();
  private request = 0;

  /** `take` gets what answers no question. */
  constructor(take: (message: FromWorker) => void, broken: () => void) {
    this.worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => {
      if (!this.answered(message)) take(message);
    };
    this.worker.onerror = broken;
  }

  send(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /** Rejects with an Error whose message is for people. */
  ask(message: (request: number) => ToWorker, transfer: Transferable[] = []): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      this.request += 1;
      this.waiting.set(this.request, { resolve, reject });
      this.send(message(this.request), transfer);
    });
  }

  async arrayOf(message: (request: number) => ToWorker): Promise<number[]> {
    const answer = await this.ask(message);
    return answer.kind === 'array' ? Array.from(answer.values) : [];
  }

  async bytesOf(message: (request: number) => ToWorker): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.ask(message);
    return answer.kind === 'file' ? answer.bytes : new Uint8Array(0);
  }

  private answered(message: FromWorker): boolean {
    const failed = message.kind === 'error' && message.about === 'file' ? message : null;
    const answer = message.kind === 'file' || message.kind === 'array' || message.kind === 'taken' ? message : null;
    if (!failed && !answer) return false;
    const id = failed?.id ?? answer?.request ?? 0;
    const asker = this.waiting.get(id);
    this.waiting.delete(id);
    if (failed) asker?.reject(new Error(failed.message));
    else asker?.resolve(message);
    return true;
  }
}
