// Every control of a dance, a row each: the command it gives, what that does, the setting by which the drawn panels show
// it, and its twin, a plain element in #controls for keyboards and screen readers.

import type { FormationName } from './core';
import type { Dance } from './dance';
import { Command, MAX_DANCERS, Setting, ViewText } from './generated/abi';
import { listenToKeys, type Dispatch } from './input';
import { dom, need, showSaves } from './page';
import type { Playback } from './playback';
import type { Song } from './song';
import type { Stage } from './stage';

type Field = HTMLInputElement; // or a list, or a button: what is used of them is alike

interface Control {
  command: Command;
  /** `where`: what the value is for. */
  act(value: number, where: number): void;
  /** The value to show, as the command has it. */
  now?(): number;
  setting?: Setting;
  /** Of the twin; without `element` it stands in index.html. */
  id?: string;
  label?: string;
  element?: string;
  /** Hidden for dances that come from a file. */
  made?: boolean;
  /** The twin shows so many times the value. */
  scale?: number;
  /** The twin shows these, the value is an index into them. */
  names?(): readonly string[];
  disabled?(): boolean;
}

const FORMATIONS: readonly FormationName[] = ['unison', 'mirror', 'canon']; // by generate::Formation
const LISTENING = ['quick', 'careful'] as const;
const LIST = '<select></select>';
const PERCENT = '<input type="range" min="0" max="100" step="1">';
const CHECKBOX = '<input type="checkbox">';
const numbers = (min: number, max: number, step: number): string =>
  `<input type="number" min="${min}" max="${max}" step="${step}">`;
const options = (values: readonly (number | string)[], names: readonly (number | string)[] = values): string =>
  `<select>${values.map((value, i) => `<option value="${value}">${names[i]}</option>`).join('')}</select>`;
const newSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! % 100000;

export class Controls {
  private readonly rows: Control[];
  private readonly shown: [Control & Required<Pick<Control, 'now'>>, Field][] = [];
  private trails = true;

  constructor(
    private readonly stage: Stage,
    private readonly playback: Playback,
    private readonly song: Song,
    private readonly dance: Dance,
  ) {
    this.rows = this.table();
    for (const row of this.rows) {
      if (!row.id) continue;
      const field = this.addTwin(row);
      if (row.now) this.shown.push([{ ...row, now: row.now }, field]);
    }
    dance.choices.changed = () => this.show();
    const { player, clicks } = playback;
    const keys: Record<string, () => void> = {
      ' ': () => this.toggle(),
      ArrowLeft: () => playback.seek(player.heard() - 5),
      ArrowRight: () => playback.seek(player.heard() + 5),
      ArrowUp: () => this.zoom(1.1),
      ArrowDown: () => this.zoom(1 / 1.1),
      Home: () => this.home(),
      f: () => void this.fullScreen().catch(() => undefined),
      l: () => this.dispatch(Command.loop, Number(!player.loop.on)),
      m: () => this.dispatch(Command.mirror, Number(!dance.choices.settings.mirror)),
      t: () => this.dispatch(Command.trails, Number(!this.trails)),
      c: () => this.dispatch(Command.click, Number(!clicks.on)),
    };
    for (let n = 1; n <= MAX_DANCERS; ++n) keys[n] = () => this.dispatch(Command.dancers, n);
    listenToKeys(keys);
  }

  /** In the order of the twins. */
  private table(): Control[] {
    const { dance, playback, song } = this;
    const { choices } = dance;
    const { player, clicks } = playback;
    const style = (index: number): string => choices.styles[index] ?? '';
    const made = true;
    const alone = (): boolean => choices.troupe.dancers < 2;
    // biome-ignore format: a row each
    return [
      { command: Command.play, id: 'play', act: () => this.toggle() },
      { command: Command.stop, id: 'stop', act: () => playback.stop() },
      { command: Command.seek, id: 'position', act: (seconds) => playback.seek(seconds) },
      { command: Command.style, setting: Setting.style, id: 'style', label: 'Style', element: LIST, made,
        names: () => choices.styles, act: (index) => dance.regenerate({ style: style(index) || 'auto' }),
        now: () => Math.max(0, choices.styles.indexOf(choices.settings.style)) },
      { command: Command.none, id: 'section', label: 'Section', element: LIST, made, act: () => this.show() },
      { command: Command.sectionStyle, id: 'section-style', label: 'Style of section', element: LIST, made,
        names: () => ['', ...choices.styles.slice(1)], now: () => choices.styles.indexOf(choices.styleAt(Number(dom.section().value))),
        act: (index, where) => dance.setSectionStyle(where, index > 0 ? style(index) : '') },
      { command: Command.energy, setting: Setting.energy, id: 'energy', label: 'Energy', element: PERCENT, made, scale: 100,
        act: (energy) => dance.regenerate({ energy }), now: () => choices.settings.energy },
      { command: Command.variation, setting: Setting.variation, id: 'variation', label: 'Variation', element: PERCENT, made,
        scale: 100, act: (variation) => dance.regenerate({ variation }), now: () => choices.settings.variation },
      { command: Command.seed, setting: Setting.seed, id: 'seed', label: 'Seed', element: numbers(0, 2 ** 32 - 1, 1), made,
        act: (seed) => { if (seed >= 0 && seed < 2 ** 32) dance.regenerate({ seed: Math.floor(seed) }); },
        now: () => choices.settings.seed },
      { command: Command.regenerate, id: 'regenerate', element: '<button>New dance</button>', made,
        act: () => dance.regenerate({ seed: newSeed() }) },
      { command: Command.dancers, setting: Setting.dancers, id: 'dancers', label: 'Dancers', element: numbers(1, MAX_DANCERS, 1),
        act: (dancers) => dance.setTroupe({ dancers: Math.round(dancers) }), now: () => choices.troupe.dancers },
      { command: Command.formation, setting: Setting.formation, id: 'formation', label: 'Formation', element: options(FORMATIONS),
        names: () => FORMATIONS, act: (number) => dance.setTroupe({ formation: FORMATIONS[number] ?? 'unison' }),
        now: () => FORMATIONS.indexOf(choices.troupe.formation), disabled: alone },
      { command: Command.spacing, setting: Setting.spacing, id: 'spacing', label: 'Spacing, metres', element: numbers(0.5, 10, 0.1),
        act: (metres) => dance.setTroupe({ spacing: Math.round(metres * 10) / 10 }), now: () => choices.troupe.spacing,
        disabled: alone },
      { command: Command.speed, setting: Setting.speed, id: 'speed', label: 'Speed', element: options([0.5, 0.75, 0.9, 1, 1.25]),
        act: (speed) => playback.setSpeed(Math.round(speed * 100) / 100), now: () => player.speed },
      { command: Command.loop, setting: Setting.loop, id: 'loop', label: 'Loop', element: CHECKBOX,
        act: (on) => playback.setLoop({ on: on !== 0 }), now: () => Number(player.loop.on) },
      { command: Command.loopStart, act: (start) => playback.setLoop({ start }) },
      { command: Command.loopEnd, act: (end) => playback.setLoop({ end }) },
      { command: Command.mirror, setting: Setting.mirror, id: 'mirror', label: 'Mirror', element: CHECKBOX,
        act: (on) => dance.setMirror(on !== 0), now: () => Number(choices.settings.mirror) },
      { command: Command.trails, setting: Setting.trails, id: 'trails', label: 'Trails', element: CHECKBOX,
        act: (on) => { this.trails = on !== 0; }, now: () => Number(this.trails) },
      { command: Command.click, setting: Setting.click, id: 'click', label: 'Click on the beats', element: CHECKBOX,
        act: (on) => playback.setClick(on !== 0), now: () => Number(clicks.on) },
      { command: Command.listening, id: 'listening', label: 'Beats', element: options(LISTENING, ['quick', 'by the beat network']),
        made, names: () => LISTENING, act: (network) => song.setListening(network !== 0 ? 'careful' : 'quick'),
        now: () => LISTENING.indexOf(song.listening) },
      { command: Command.cancel, act: () => this.cancel() },
    ];
  }

  private addTwin(row: Control): Field {
    const { id, label, element, made, command } = row;
    if (element) {
      const parts = element === CHECKBOX ? [element, label] : [label, element];
      dom.home.insertAdjacentHTML('beforebegin', label ? `<label>${parts.join(' ')}</label>` : element);
      const added = dom.home.previousElementSibling as HTMLElement;
      added.classList.toggle('made-only', made ?? false);
      (added.querySelector('input, select') ?? added).id = id ?? '';
    }
    const field = need<Field>(id ?? '');
    const event = field.tagName === 'BUTTON' ? 'click' : command === Command.seek ? 'input' : 'change';
    field.addEventListener(event, () => this.takeTwin(row, field));
    return field;
  }

  private takeTwin({ names, scale = 1, act, command }: Control, field: Field): void {
    if (command === Command.sectionStyle && dom.section().value === '') return;
    if (names) act(names().indexOf(field.value), Number(dom.section().value));
    else act(field.type === 'checkbox' ? Number(field.checked) : Number(field.value) / scale, 0);
    this.changed();
  }

  readonly dispatch: Dispatch = (command, value, where = 0) => {
    if (command === Command.none) return;
    this.rows.find((row) => row.command === command)?.act(value, where);
    this.changed();
  };

  /** What is chosen, in the drawn panels and in their twins. */
  show(): void {
    const { choices } = this.dance;
    if (choices.styles.length > 0) this.stage.text(ViewText.styleNames, choices.styles.join('\n'));
    this.stage.text(ViewText.sectionStyles, choices.chosen.join('\n'));
    for (const [{ setting, now, names, scale = 1, disabled }, field] of this.shown) {
      const value = now();
      if (setting !== undefined) this.stage.set(setting, value);
      if (names) field.value = names()[value] ?? '';
      else if (field.type === 'checkbox') field.checked = value !== 0;
      else field.value = String(value * scale);
      field.disabled = disabled?.() ?? false;
    }
    showSaves(choices.troupe.dancers);
  }

  private changed(): void {
    this.show();
    this.stage.wake();
  }

  toggle(): void {
    if (this.song.music) this.playback.toggle();
  }

  home(): void {
    this.stage.view?.home();
    this.stage.wake();
  }

  /** Gives up the dance that is being made, and the song too when nothing of it was shown yet. */
  cancel(): void {
    this.dance.cancel();
    if (this.dance.shown === 0) this.song.welcome();
    this.stage.wake();
  }

  private zoom(factor: number): void {
    this.stage.view?.turn(0, 0, factor);
    this.stage.wake();
  }

  private fullScreen(): Promise<void> {
    return document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  }
}
