// window.__terpsi, for the tests: reads everything, changes nothing but the play head.

import type { Dance } from './dance';
import type { Live } from './live';
import type { Playback } from './playback';
import type { Song } from './song';
import type { Stage } from './stage';
import type { Timings } from './timings';
import type { WorkerClient } from './worker_client';

interface Parts {
  worker: WorkerClient;
  stage: Stage;
  playback: Playback;
  song: Song;
  dance: Dance;
  live: Live;
  timings: Timings;
  heardAtDraw(): number;
}

export function exposeToTests({ worker, stage, playback, song, dance, live, timings, heardAtDraw }: Parts): void {
  const { player, clicks } = playback;
  const { choices } = dance;
  const hook = {
    audioTime: () => player.heard(),
    drawnTime: () => stage.view?.drawnTime() ?? 0,
    heardAtDraw,
    seek: (seconds: number) => playback.seek(seconds),
    joints: () => Array.from(stage.view?.joints() ?? []), // of every dancer drawn, the lead first
    cost: () => stage.view?.cost() ?? 0,
    sectionPlace: (index: number) => stage.view?.sectionPlace(index) ?? { x: 0, y: 0, half: 0 },
    sections: () => choices.sections.map((section) => ({ ...section })),
    troupe: () => ({ ...choices.troupe }),
    playing: () => player.playing,
    frames: () => dance.frames,
    firstFrames: () => dance.firstFrames,
    progress: () => dance.progress,
    dance: () => dance.shown,
    engine: () => dance.engine?.label ?? '',
    settings: () => ({ ...choices.settings }),
    styles: () => [...choices.styles],
    tempo: () => song.music?.tempo ?? 0,
    duration: () => song.music?.duration ?? 0,
    beatsPerBar: () => song.music?.beatsPerBar ?? 0,
    downbeats: () => Array.from(song.music?.beats ?? []).filter((_, k) => song.music?.beatInBar[k] === 1),
    timings: () => ({ ...timings.seconds }),
    asleep: () => stage.asleep,
    live: () => live.debug(),
    clicks: () => ({ on: clicks.on, ...clicks.made }),
    counted: () => (song.music ? song.counted : ''),
    beats: () => Array.from(song.music?.beats ?? []),
    places: () => Array.from(song.music?.beatInBar ?? []),
    danceJoints: async (dancer = 0) => Array.from(await worker.ask({ kind: 'joints', dancer })),
    features: async () => Array.from(await worker.ask({ kind: 'features' })),
  };
  Object.defineProperty(window, '__terpsi', { value: Object.freeze(hook) });
}
