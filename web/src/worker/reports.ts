// What the worker tells the page.

import type { Music } from '../core';
import type { FromWorker } from '../protocol';

export function send(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** The buffers of a song, to be transferred. */
export const buffersOf = ({ waveform, beats, beatInBar, sections, eights, energy, moments }: Music): ArrayBuffer[] =>
  [waveform, beats, beatInBar, sections, eights, energy, moments].map((array) => array.buffer as ArrayBuffer);

/** An error in a sentence for people. */
export function sentence(error: unknown): string {
  if (error instanceof TypeError)
    return 'Part of the page could not be fetched. Check the connection and reload the page.';
  const text = error instanceof Error ? error.message : '';
  if (!text) return 'Something went wrong. Reload the page.';
  return text[0]!.toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
