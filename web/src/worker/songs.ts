// Listens to songs: sound, MIDI files, the demo song, and the steady song of the live page.

import type { Core, Music } from '../core';
import type { CountedBy, Listening } from '../protocol';
import type { Dances } from './dances';
import { complain, type Models } from './models';
import { buffersOf, send } from './reports';

export class Songs {
  private newest = 0; // number of the newest song

  constructor(
    private readonly core: Core,
    private readonly models: Models,
    private readonly dances: Dances,
  ) {}

  async load(song: number, samples: Float32Array, rate: number): Promise<void> {
    this.dances.stop();
    this.core.setPcm(samples, rate);
    this.models.prefetch();
    await this.analyze(song);
  }

  /** A song that the core plays: the page gets its sound first. */
  async play(song: number, make: () => { samples: Float32Array; rate: number }): Promise<void> {
    this.dances.stop();
    const { samples, rate } = make();
    send({ kind: 'made', song, samples, rate }, [samples.buffer as ArrayBuffer]);
    this.models.prefetch();
    await this.analyze(song);
  }

  async setListening(listening: Listening, song: number): Promise<void> {
    this.models.listening = listening;
    if (song <= 0) return;
    this.dances.stop();
    await this.analyze(song);
  }

  steady(song: number, tempo: number): void {
    this.dances.stop();
    this.models.prefetch();
    this.newest = song;
    this.report(song, this.core.steadySong(tempo), 'classical', 0);
  }

  /** A dance file, by itself: what it knows of its song takes the place of the song. */
  open(song: number, bytes: Uint8Array): Music {
    const music = this.core.openDance(bytes);
    this.newest = song;
    this.dances.frames = music.frames;
    return music;
  }

  private async analyze(song: number): Promise<void> {
    this.newest = song;
    const fetched = this.models.wantListener();
    const began = performance.now();
    const input = this.core.hear();
    let seconds = (performance.now() - began) / 1000;
    const network = input.length > 0 ? await fetched : null; // a score needs none
    if (this.newest !== song) return;
    const resumed = performance.now();
    const activation = network && (await network.run(input).catch(complain));
    if (this.newest !== song) return;
    const music = this.core.count(activation);
    seconds += (performance.now() - resumed) / 1000;
    this.report(song, music, activation ? 'network' : input.length > 0 ? 'classical' : 'score', seconds);
  }

  private report(song: number, music: Music, counted: CountedBy, seconds: number): void {
    this.dances.frames = music.frames;
    send({ kind: 'music', song, music, counted, seconds }, buffersOf(music));
  }
}
