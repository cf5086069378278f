// Files dropped on the page, and keys.

import type { Command } from './generated/abi';

/** What the viewer asks for, by a drawn panel, its twin, or a key. */
export type Dispatch = (command: Command, value: number, where?: number) => void;

export function listenToDrops(take: (files: FileList | null | undefined) => void): void {
  const drags = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragover', (event) => {
    if (!drags(event)) return;
    event.preventDefault();
    document.body.dataset['drag'] = '';
  });
  window.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) delete document.body.dataset['drag'];
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    delete document.body.dataset['drag'];
    take(event.dataTransfer?.files);
  });
}

/** `keys`: by KeyboardEvent.key, letters small. Keys pressed in a control are its own. */
export function listenToKeys(keys: Record<string, () => void>): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest('button, input, select, textarea, a, label, summary, dialog')) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
