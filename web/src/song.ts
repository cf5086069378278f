// The song on the stage, or the dance file in its place: opened, listened to, shown, left.

import type { Music } from './core';
import type { Dance } from './dance';
import { danceBytes, decodeFile, midiBytes, SongError, toMono } from './decode';
import { Counted, Setting, ViewText } from './generated/abi';
import {
  announce,
  dom,
  hideNotice,
  resetSteps,
  showGiven,
  showNotice,
  showState,
  showStep,
  showTitle,
  titleOf,
} from './page';
import type { Playback } from './playback';
import type { CountedBy, Heard, Listening, Report } from './protocol';
import { ServerError, type Server } from './server';
import type { Stage } from './stage';
import type { Timings } from './timings';
import type { WorkerClient } from './worker_client';

export interface SongHost {
  /** Another song or dance begins. */
  begins(): void;
  /** The song and its dance leave the stage. */
  leaves(): void;
  /** Whether a dance file is to play at once when it is open. */
  autoplay(): boolean;
}

export class Song {
  number = 0; // of the newest song; what belongs to older ones is dropped
  title = '';
  given = false; // the dance comes from a file; there is no song
  shared = ''; // id of the shared dance on the stage
  music: Music | null = null;
  counted: CountedBy = 'classical';
  listening: Listening = 'careful';

  constructor(
    private readonly stage: Stage,
    private readonly worker: WorkerClient,
    private readonly playback: Playback,
    private readonly dance: Dance,
    private readonly timings: Timings,
    private readonly host: SongHost,
  ) {}

  /** Whatever is being opened is not wanted any more; the number of what comes next. */
  next(): number {
    this.dance.next();
    this.number += 1;
    return this.number;
  }

  /** Back to the start. */
  welcome(): void {
    this.leave();
    this.worker.send({ kind: 'cancel', everything: true });
    showTitle('');
    showState('welcome');
    this.stage.view?.hideSong();
    this.stage.wake();
  }

  fail(message: string): void {
    this.welcome();
    showNotice(message);
    announce(message);
  }

  openDemo(): void {
    const song = this.begin('Demo song');
    announce('Making the demo song');
    showStep('decode', 'doing');
    this.worker.send({ kind: 'demo', song });
  }

  /** Sound, MIDI, or a dance file. */
  async openFile(file: File): Promise<void> {
    const song = this.begin(titleOf(file.name));
    announce(`Reading ${this.title}`);
    showStep('decode', 'doing');
    try {
      const saved = await danceBytes(file);
      if (song !== this.number) return;
      if (saved) {
        this.openDance(saved);
        return;
      }
      const bytes = await midiBytes(file);
      if (song !== this.number) return;
      if (bytes) {
        this.worker.send({ kind: 'midi', song, bytes }, [bytes.buffer]);
        return;
      }
      const buffer = await decodeFile(file);
      if (song !== this.number) return;
      const samples = toMono(buffer);
      this.load(buffer);
      this.timings.mark('decode');
      const rate = buffer.sampleRate;
      this.worker.send({ kind: 'song', song, samples, rate }, [samples.buffer as ArrayBuffer]);
    } catch (error) {
      if (song !== this.number) return;
      this.fail(error instanceof SongError ? error.message : 'This file could not be read. Choose another one.');
    }
  }

  /** The shared dance that this page was opened for. */
  async openShared(server: Server, id: string): Promise<void> {
    const mine = this.number;
    try {
      const bytes = await server.dance(id);
      if (mine !== this.number) return;
      this.next();
      this.shared = id;
      this.openDance(bytes);
    } catch (error) {
      if (mine !== this.number) return;
      const gone = error instanceof ServerError && error.status === 404;
      if (gone) this.fail('This dance is no longer here.');
      else this.fail(error instanceof Error ? error.message : 'This dance could not be fetched. Reload the page.');
    }
  }

  /** The sound of a song that the worker plays. */
  load(buffer: AudioBuffer): void {
    this.playback.player.load(buffer);
    showStep('decode', 'done', `${Math.round(buffer.duration)} s`);
    showStep('analyse', 'doing');
  }

  takeMusic({ song, music, counted, seconds }: Heard): void {
    if (song !== this.number) return;
    const { stage } = this;
    if (counted !== 'file') stage.set(Setting.counted, Counted[counted]);
    this.timings.seconds['analyse'] = seconds;
    showStep('analyse', 'done', `${music.tempo.toFixed(0)} BPM`);
    showStep('download', this.dance.engine ? 'done' : 'doing');
    this.show(music, counted);
    stage.set(Setting.hasSong, false); // the cards come with the first poses
    stage.set(Setting.analysisSeconds, seconds);
    dom.facts.textContent = `${music.tempo.toFixed(1)} beats per minute, ${Math.round(music.duration)} seconds`;
    this.playback.playWhenReady = true;
    this.dance.start();
  }

  takeOpened({ song, music, title, model }: Extract<Report, { kind: 'opened' }>): void {
    if (song !== this.number) return;
    this.setGiven(true);
    this.title = title || this.title || 'A dance';
    this.playback.player.loadSilent(music.duration);
    this.dance.progress = 1;
    this.show(music, 'file');
    this.stage.set(Setting.progress, 1);
    this.stage.text(ViewText.backend, model);
    dom.embedLink.textContent = `${this.title} · Terpsi`;
    const tempo = music.tempo > 0 ? `, ${music.tempo.toFixed(1)} beats per minute` : '';
    dom.facts.textContent = `${Math.round(music.duration)} seconds${tempo}`;
    this.dance.choices.changed();
    this.playback.playWhenReady = this.host.autoplay();
  }

  /** Counts the beats again, with or without the beat network; later songs too. */
  setListening(listening: Listening): void {
    this.listening = listening;
    this.worker.send({ kind: 'listening', listening, song: this.music ? this.number : 0 });
  }

  private begin(title: string): number {
    this.host.begins();
    this.leave();
    this.title = title;
    this.worker.send({ kind: 'cancel', everything: false });
    this.dance.clear();
    this.timings.restart();
    hideNotice();
    resetSteps(title);
    showState('work');
    this.stage.view?.hideSong();
    this.stage.set(Setting.hasSong, false);
    void this.playback.player.unlock();
    this.stage.wake();
    return this.number;
  }

  private leave(): void {
    this.next();
    this.playback.player.unload();
    this.music = null;
    this.setGiven(false);
    this.shared = '';
    this.host.leaves();
  }

  /** Shows a dance file by itself, in place of the song that is being read. */
  private openDance(bytes: Uint8Array<ArrayBuffer>): void {
    showState('opening');
    const { mirror } = this.dance.choices.settings;
    this.worker.send({ kind: 'open', song: this.number, dance: this.dance.number, bytes, mirror }, [bytes.buffer]);
  }

  private show(music: Music, counted: CountedBy): void {
    this.music = music;
    this.counted = counted;
    this.playback.clicks.setBeats(music.beats, music.beatInBar);
    this.stage.view?.showSong(music);
    this.dance.choices.takeSections(music.sections);
    showTitle(this.title);
    dom.position.max = String(music.duration);
  }

  private setGiven(yes: boolean): void {
    this.given = yes;
    showGiven(yes);
    this.stage.set(Setting.given, yes);
  }
}
