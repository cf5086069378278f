// Plays the song, with clicks on its beats where they are wanted, and shows how it plays.

import { ClickTrack } from './click';
import { Setting } from './generated/abi';
import { showPlay } from './page';
import { Player, type LoopRange } from './player';
import type { Stage } from './stage';

export class Playback {
  readonly player = new Player();
  readonly clicks = new ClickTrack();
  private whenReady = false;

  constructor(private readonly stage: Stage) {
    this.player.onEnd = () => this.show();
    this.player.onStretch = (context, stretch) => this.clicks.play(context, stretch);
  }

  /** Whether to play as soon as there is a dance to see. */
  set playWhenReady(yes: boolean) {
    this.whenReady = yes;
  }

  /** There is a dance to see. */
  ready(): void {
    if (!this.whenReady) return;
    this.whenReady = false;
    void this.play();
  }

  async play(): Promise<void> {
    await this.player.play();
    this.show();
  }

  toggle(): void {
    if (!this.player.playing) {
      void this.play();
      return;
    }
    this.player.pause();
    this.show();
  }

  stop(): void {
    this.player.stop();
    this.show();
  }

  seek(seconds: number): void {
    this.player.seek(seconds);
    this.stage.wake();
  }

  setLoop(change: Partial<LoopRange>): void {
    this.player.loop = { ...this.player.loop, ...change };
  }

  setSpeed(value: number): void {
    if (value >= 0.25 && value <= 2) this.player.speed = value;
  }

  setClick(on: boolean): void {
    this.clicks.on = on;
    if (on) void this.player.unlock();
  }

  private show(): void {
    this.stage.set(Setting.playing, this.player.playing);
    showPlay(this.player.playing);
    this.stage.wake();
  }
}
