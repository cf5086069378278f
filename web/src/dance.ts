// The dance on the stage and the one that is being made: what the viewer chose, what the worker sends.

import { Choices } from './choices';
import type { DanceSettings, ExportFormat, TroupeSettings } from './core';
import { POSE_FLOATS, Setting, ViewText } from './generated/abi';
import { FPS } from './live_loop';
import { announce, dom, save, showNotice, showState, showStep } from './page';
import type { Playback } from './playback';
import type { EngineInfo, Poses } from './protocol';
import type { Stage } from './stage';
import type { Timings } from './timings';
import type { WorkerClient } from './worker_client';

export interface DanceHost {
  /** There is a song to dance to. */
  danceable(): boolean;
  /** A dance begins: none that is made elsewhere is wanted any more. */
  begins(): void;
  /** Whether there is a whole dance to save and share. */
  whole(yes: boolean): void;
}

export class Dance {
  readonly choices = new Choices();
  number = 0; // of the newest dance; what belongs to older ones is dropped
  shown = 0; // number of the dance on the stage; 0: none
  frames = 0; // shown
  firstFrames = 0; // how many there were when the dancing began
  progress = 1; // of the dance being made
  engine: EngineInfo | null = null;
  private dancers = 1; // shown

  constructor(
    private readonly stage: Stage,
    private readonly worker: WorkerClient,
    private readonly playback: Playback,
    private readonly timings: Timings,
    private readonly host: DanceHost,
  ) {}

  /** Whatever is being made is not wanted any more; the number of what comes next. */
  next(): number {
    this.number += 1;
    return this.number;
  }

  /** The stage is empty. */
  clear(): void {
    this.frames = 0;
    this.shown = 0;
  }

  start(): void {
    if (!this.host.danceable()) return;
    this.host.begins();
    const dance = this.next();
    if (this.engine) this.stage.text(ViewText.backend, this.engine.label);
    this.host.whole(false);
    this.progress = 0;
    this.stage.set(Setting.progress, 0);
    this.choices.changed();
    this.worker.send({ kind: 'dance', dance, settings: { ...this.choices.settings } });
    this.stage.wake();
  }

  /** The same song again with other settings. */
  regenerate(change: Partial<DanceSettings>): void {
    this.choices.change(change);
    this.start();
  }

  /** `where`: the number of a section from 0, or -1 - label. */
  setSectionStyle(where: number, style: string): void {
    const change = this.choices.setSectionStyle(where, style);
    if (!change) return;
    announce(change);
    this.start();
  }

  setTroupe(change: Partial<TroupeSettings>): void {
    if (this.choices.setTroupe(change)) {
      const { troupe } = this.choices;
      this.worker.send({ kind: 'troupe', troupe });
      announce(troupe.dancers > 1 ? `${troupe.dancers} dancers, ${troupe.formation}` : 'One dancer');
    }
    this.stage.wake();
  }

  setMirror(on: boolean): void {
    this.choices.change({ mirror: on });
    this.worker.send({ kind: 'mirror', mirror: on });
    this.stage.wake();
  }

  /** Stops making the dance; what is shown stays. */
  cancel(): void {
    this.worker.send({ kind: 'cancel', everything: true });
    this.next();
    this.progress = 1;
    this.stage.set(Setting.progress, 1);
    announce('Cancelled');
  }

  takeEngine(engine: EngineInfo): void {
    this.engine = engine;
    this.timings.mark('opened');
    this.stage.text(ViewText.backend, engine.label);
    dom.facts.textContent = `${dom.facts.textContent ?? ''}, made with ${engine.label}`;
    showStep('download', 'done', engine.label);
  }

  takeProgress(dance: number, progress: number): void {
    if (dance !== this.number) return;
    this.progress = Math.min(progress, 0.999); // 1 comes with the last poses
    this.stage.set(Setting.progress, this.progress);
    showStep('generate', 'doing', `${Math.round(this.progress * 100)} %`, this.progress);
    if (this.shown > 0) this.stage.wake();
  }

  takePoses({ dance, poses, dancers, total, style, reason, progress, seconds }: Poses): void {
    const { stage, timings } = this;
    if (dance !== this.number || !stage.view) return;
    const news = this.shown !== dance || this.progress < 1; // else the same dance again: mirrored, or for others
    this.progress = progress;
    stage.set(Setting.progress, progress);
    const ready = poses.length / POSE_FLOATS / dancers;
    // While a new dance grows, the old one stays on the stage until the new one reaches the moment being heard.
    const reaches = ready / FPS > this.playback.player.heard() + 1 || progress >= 1;
    if (this.shown !== dance && this.shown > 0 && !reaches) return;
    const first = this.shown === 0;
    this.shown = dance;
    this.frames = ready;
    this.dancers = dancers;
    stage.view.showPoses(poses, dancers, total);
    stage.text(ViewText.styleName, style);
    stage.text(ViewText.styleReason, reason);
    stage.set(Setting.generationSeconds, seconds);
    if (first) {
      timings.mark('first');
      timings.seconds['window'] = seconds;
      this.firstFrames = ready;
      showState('song');
      stage.set(Setting.hasSong, true);
    }
    if (progress >= 1) {
      timings.seconds['generate'] = seconds;
      if (news) announce(`The dance is ready. Style ${style}${reason ? `: ${reason}` : ''}.`);
      this.host.whole(true);
    }
    this.playback.ready();
    stage.wake();
  }

  /** A file for each dancer where the format is for all, "song-1.bvh" the lead; else the lead's. */
  async download({ extension, mime, every_dancer }: ExportFormat, title: string): Promise<void> {
    try {
      const files = every_dancer ? this.dancers : 1;
      for (let dancer = 0; dancer < files; ++dancer) {
        const bytes = await this.worker.ask({ kind: 'file', format: extension, title, dancer });
        const name = files > 1 ? `${title}-${dancer + 1}.${extension}` : `${title}.${extension}`;
        save(bytes, name, mime);
        if (dancer + 1 < files) await new Promise((next) => setTimeout(next, 250)); // browsers drop downloads that come at once
      }
    } catch (error) {
      showNotice(error instanceof Error ? error.message : 'The file could not be written.');
    }
  }
}
