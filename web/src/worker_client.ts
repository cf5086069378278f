// The page's line to its worker: orders, reports, and requests that get one answer each.

import type { AnyRequest, FromWorker, Order, Report, Request, RequestKind, Requests, ToWorker } from './protocol';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class WorkerClient {
  private readonly worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private newest = 0;

  constructor(report: (message: Report) => void, broken: () => void) {
    this.worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => {
      if (message.kind === 'answer') this.finish(message.id)?.resolve(message.answer);
      else if (message.kind === 'refusal') this.finish(message.id)?.reject(new Error(message.message));
      else report(message);
    };
    this.worker.onerror = broken;
  }

  send(order: Order, transfer: Transferable[] = []): void {
    this.post(order, transfer);
  }

  /** Rejects with an Error whose message is for people. */
  ask<K extends RequestKind>(request: Request<K>, transfer: Transferable[] = []): Promise<Requests[K]['answer']> {
    return new Promise((resolve, reject) => {
      this.newest += 1;
      this.waiting.set(this.newest, { resolve: resolve as (answer: unknown) => void, reject });
      this.post({ kind: 'request', id: this.newest, request: request as AnyRequest }, transfer);
    });
  }

  private post(message: ToWorker, transfer: Transferable[]): void {
    this.worker.postMessage(message, transfer);
  }

  private finish(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
