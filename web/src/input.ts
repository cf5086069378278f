// Files dropped on the page, keys, and the accessible twins of the drawn controls.

import type { FormationName } from './core';
import { Command, Formation } from './generated/abi';
import { dom } from './page';

/** What the viewer asks for, as the drawn panels say it. */
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

export function listenToTwins(dispatch: Dispatch, styles: () => string[], chooseSection: () => void): void {
  const number = (input: HTMLInputElement): number => Number(input.value);
  const styleOf = (list: HTMLSelectElement): number => Math.max(0, styles().indexOf(list.value));
  dom.play.addEventListener('click', () => dispatch(Command.play, 0));
  dom.stop.addEventListener('click', () => dispatch(Command.stop, 0));
  dom.position.addEventListener('input', () => dispatch(Command.seek, number(dom.position)));
  dom.style.addEventListener('change', () => dispatch(Command.style, styleOf(dom.style)));
  dom.energy.addEventListener('change', () => dispatch(Command.energy, number(dom.energy) / 100));
  dom.variation.addEventListener('change', () => dispatch(Command.variation, number(dom.variation) / 100));
  dom.section.addEventListener('change', chooseSection);
  dom.sectionStyle.addEventListener('change', () => {
    if (dom.section.value !== '') dispatch(Command.sectionStyle, styleOf(dom.sectionStyle), Number(dom.section.value));
  });
  dom.dancers.addEventListener('change', () => dispatch(Command.dancers, Math.round(number(dom.dancers))));
  dom.formation.addEventListener('change', () =>
    dispatch(Command.formation, Formation[dom.formation.value as FormationName]),
  );
  dom.spacing.addEventListener('change', () => dispatch(Command.spacing, number(dom.spacing)));
  dom.seed.addEventListener('change', () => {
    const seed = Math.floor(number(dom.seed));
    if (seed >= 0 && seed < 2 ** 32) dispatch(Command.seed, seed);
  });
  dom.regenerate.addEventListener('click', () => dispatch(Command.regenerate, 0));
  dom.speed.addEventListener('change', () => dispatch(Command.speed, Number(dom.speed.value)));
  dom.loop.addEventListener('change', () => dispatch(Command.loop, Number(dom.loop.checked)));
  dom.mirror.addEventListener('change', () => dispatch(Command.mirror, Number(dom.mirror.checked)));
  dom.click.addEventListener('change', () => dispatch(Command.click, Number(dom.click.checked)));
  dom.listening.addEventListener('change', () => dispatch(Command.listening, Number(dom.listening.value !== 'quick')));
  dom.trails.addEventListener('change', () => dispatch(Command.trails, Number(dom.trails.checked)));
}
