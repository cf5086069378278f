// Makes dances to the song that the core holds, one at a time, and shows those that come from files.

import type { Core, DanceSettings, TroupeSettings } from '../core';
import type { Models } from './models';
import { send } from './reports';

/** Lets waiting messages (cancel, a new dance) be handled before going on. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(0);
  });
}

export class Dances {
  frames = 0; // of the song
  private newest = 0; // number of the newest dance; work for older ones stops
  private inCore = -1; // number of the dance that the core holds
  private mirror = false;
  private dancers = 1;
  private style = '';
  private reason = ''; // for it, where "auto" chose
  private seconds = 0; // of work
  private working: Promise<void> = Promise.resolve(); // the network runs for one dance at a time

  constructor(
    private readonly core: Core,
    private readonly models: Models,
  ) {}

  isNewest(dance: number): boolean {
    return dance === this.newest;
  }

  /** Gives up the dance that is being made. */
  stop(): void {
    this.newest = -1;
  }

  async make(dance: number, settings: DanceSettings): Promise<void> {
    this.newest = dance;
    this.mirror = settings.mirror;
    const made = this.working.then(() => this.run(dance, settings));
    this.working = made.catch(() => undefined);
    await made;
  }

  /** The core has read a dance file in place of a dance made here; its poses follow with showFile. */
  takeFile(dance: number, mirror: boolean): void {
    this.mirror = mirror;
    this.newest = this.inCore = dance;
    this.style = this.core.styleName();
    this.reason = '';
    this.seconds = 0;
  }

  showFile(): void {
    this.sendPoses(this.newest, 1);
  }

  setMirror(mirror: boolean): void {
    this.mirror = mirror;
    this.showAgain();
  }

  setTroupe(troupe: TroupeSettings): void {
    this.core.setTroupe(troupe);
    this.dancers = troupe.dancers;
    this.showAgain();
  }

  private async run(dance: number, settings: DanceSettings): Promise<void> {
    const { core } = this;
    if (!this.isNewest(dance)) return;
    const engine = await this.models.wantEngine();
    if (!this.isNewest(dance)) return;
    const began = performance.now();
    this.inCore = dance;
    core.begin(settings);
    this.style = core.styleName();
    this.reason = core.styleReason();
    let shown = 0;
    for (let step = core.next(); step; step = core.next()) {
      const result = await engine.run(step);
      if (!this.isNewest(dance)) return;
      core.feed(result);
      this.seconds = (performance.now() - began) / 1000;
      send({ kind: 'progress', dance, progress: core.progress() });
      const ready = core.readyFrames();
      const wait = this.dancers > 1 ? 0.5 * shown : 0; // several dancers take longer to finish: less often
      if (ready > shown + wait && ready < this.frames) {
        shown = ready;
        this.sendPoses(dance, core.progress());
      }
      await yieldToMessages();
      if (!this.isNewest(dance)) return;
    }
    this.sendPoses(dance, 1);
  }

  private showAgain(): void {
    if (this.inCore === this.newest && this.core.readyFrames() > 0) this.sendPoses(this.newest, this.core.progress());
  }

  private sendPoses(dance: number, progress: number): void {
    const poses = this.core.update(this.mirror);
    const { style, reason, seconds, frames: total } = this;
    const dancers = this.core.dancers();
    send({ kind: 'poses', dance, poses, dancers, total, style, reason, progress, seconds }, [
      poses.buffer as ArrayBuffer,
    ]);
  }
}
