// What each command of the drawn panels, their twins and the keys does.

import type { FormationName } from './core';
import type { Dance } from './dance';
import { Command, Formation, MAX_DANCERS, Setting } from './generated/abi';
import type { Dispatch } from './input';
import { dom } from './page';
import type { Playback } from './playback';
import type { Song } from './song';
import type { Stage } from './stage';

type Action = (value: number, where: number) => void;

const newSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! % 100000;

export class Commands {
  private readonly actions: Record<Exclude<Command, Command.none>, Action>;
  readonly keys: Record<string, () => void>;

  constructor(
    private readonly stage: Stage,
    private readonly playback: Playback,
    private readonly song: Song,
    private readonly dance: Dance,
  ) {
    const style = (index: number): string => dance.choices.styles[index] ?? '';
    this.actions = {
      [Command.play]: () => this.toggle(),
      [Command.stop]: () => playback.stop(),
      [Command.seek]: (seconds) => playback.seek(seconds),
      [Command.style]: (index) => dance.regenerate({ style: style(index) || 'auto' }),
      [Command.energy]: (energy) => dance.regenerate({ energy }),
      [Command.variation]: (variation) => dance.regenerate({ variation }),
      [Command.sectionStyle]: (index, where) => dance.setSectionStyle(where, index > 0 ? style(index) : ''),
      [Command.dancers]: (dancers) => dance.setTroupe({ dancers }),
      [Command.formation]: (number) => dance.setTroupe({ formation: (Formation[number] as FormationName) ?? 'unison' }),
      [Command.spacing]: (metres) => dance.setTroupe({ spacing: Math.round(metres * 10) / 10 }),
      [Command.seed]: (seed) => dance.regenerate({ seed }),
      [Command.regenerate]: () => dance.regenerate({ seed: newSeed() }),
      [Command.mirror]: (on) => dance.setMirror(on !== 0),
      [Command.speed]: (speed) => playback.setSpeed(Math.round(speed * 100) / 100),
      [Command.loop]: (on) => playback.setLoop({ on: on !== 0 }),
      [Command.loopStart]: (start) => playback.setLoop({ start }),
      [Command.loopEnd]: (end) => playback.setLoop({ end }),
      [Command.trails]: (on) => this.setTrails(on !== 0),
      [Command.listening]: (network) => song.setListening(network !== 0 ? 'careful' : 'quick'),
      [Command.click]: (on) => playback.setClick(on !== 0),
      [Command.cancel]: () => this.cancel(),
    };
    const { player, clicks } = playback;
    this.keys = {
      ' ': () => this.toggle(),
      ArrowLeft: () => playback.seek(player.heard() - 5),
      ArrowRight: () => playback.seek(player.heard() + 5),
      ArrowUp: () => this.zoom(1.1),
      ArrowDown: () => this.zoom(1 / 1.1),
      Home: () => this.home(),
      f: () => void this.fullScreen().catch(() => undefined),
      l: () => playback.setLoop({ on: !player.loop.on }),
      m: () => dance.setMirror(!dance.choices.settings.mirror),
      t: () => this.setTrails(!dom.trails.checked),
      c: () => playback.setClick(!clicks.on),
    };
    for (let n = 1; n <= MAX_DANCERS; ++n) this.keys[n] = () => dance.setTroupe({ dancers: n });
  }

  readonly dispatch: Dispatch = (command, value, where = 0) => {
    if (command !== Command.none) this.actions[command](value, where);
  };

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

  private setTrails(on: boolean): void {
    this.stage.set(Setting.trails, on);
    dom.trails.checked = on;
    this.stage.wake();
  }

  private fullScreen(): Promise<void> {
    return document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  }
}
