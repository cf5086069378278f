// Messages between the page and its worker. Arrays travel by transfer, never by copy.

import type { DanceSettings, Music, TroupeSettings } from './core';

export type Backend = 'webgpu' | 'wasm';

/** Who counted the beats of a song; 'file': whoever made the dance that was opened. */
export type Counted = 'score' | 'network' | 'classical' | 'file';

/** Who is to count them: the network, fetched once (0.5 MB), or the core alone. */
export type Listening = 'careful' | 'quick';

/** `song` and `dance` number the request that an answer belongs to; answers to older requests are dropped. */
export type ToWorker =
  | { kind: 'start'; base: string; force: Backend | null; remembered: string | null; viewer: boolean } // viewer: no models
  | { kind: 'warm' } // the page stands: time to open the engine, if the model is already here
  | { kind: 'song'; song: number; samples: Float32Array; rate: number }
  | { kind: 'demo'; song: number }
  | { kind: 'midi'; song: number; bytes: Uint8Array }
  | { kind: 'steady'; song: number; tempo: number } // a song of even beats that nobody hears, to dance to when listening live
  | { kind: 'dance'; dance: number; settings: DanceSettings }
  | { kind: 'listening'; listening: Listening; song: number } // song: to hear again as that number; 0: none
  | { kind: 'open'; song: number; dance: number; bytes: Uint8Array; mirror: boolean } // a dance file, by itself
  | { kind: 'take'; request: number; dance: number; bytes: Uint8Array; mirror: boolean } // one to the song that is there
  | { kind: 'mirror'; mirror: boolean }
  | { kind: 'troupe'; troupe: TroupeSettings }
  | { kind: 'cancel'; everything: boolean } // everything: the download too
  | { kind: 'file'; request: number; format: 'bvh' | 'dance'; title: string; dancer: number }
  | { kind: 'musicJson'; request: number }
  | { kind: 'joints'; request: number; dancer: number }
  | { kind: 'features'; request: number };

export interface EngineInfo {
  backend: Backend;
  threads: number;
  label: string; // for people
}

export type FromWorker =
  | { kind: 'ready'; styles: { name: string; bpm: number }[]; modelName: string }
  | { kind: 'made'; song: number; samples: Float32Array; rate: number } // the demo song, or what a MIDI file sounds like
  | { kind: 'music'; song: number; music: Music; counted: Counted; seconds: number }
  | { kind: 'opened'; song: number; music: Music; title: string; model: string } // of the file; its poses follow
  | { kind: 'taken'; request: number } // its poses follow
  | { kind: 'download'; what: string; bytes: number; total: number } // total 0: not known
  | { kind: 'engine'; engine: EngineInfo; remember: string }
  | { kind: 'progress'; dance: number; progress: number }
  | {
      kind: 'poses';
      dance: number;
      poses: Float32Array;
      dancers: number;
      total: number;
      style: string;
      reason: string;
      progress: number;
      seconds: number;
    }
  | { kind: 'file'; request: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'array'; request: number; values: Float32Array }
  | { kind: 'error'; about: 'song' | 'dance' | 'page' | 'file'; id: number; message: string };
