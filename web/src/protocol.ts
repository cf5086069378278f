// Messages between the page and its worker. Arrays are transferred, never copied.

import type { DanceSettings, ExportFormat, Music, TroupeSettings } from './core';
import type { Counted } from './generated/abi';

export type Backend = 'webgpu' | 'wasm';

/** Who counted the beats of a song; 'file': whoever made the dance that was opened. */
export type CountedBy = keyof typeof Counted | 'file';

/** Who is to count them: the network, fetched once (0.5 MB), or the core alone. */
export type Listening = 'careful' | 'quick';

/**
 * Messages without an answer of their own. `song` and `dance` number what the worker's reports belong to; reports about
 * older numbers are dropped.
 */
export type Order =
  | { kind: 'start'; base: string; force: Backend | null; remembered: string | null; viewer: boolean } // viewer: no models
  | { kind: 'warm' } // the page is idle: time to open the engine, if the model is already stored
  | { kind: 'song'; song: number; samples: Float32Array; rate: number }
  | { kind: 'demo'; song: number }
  | { kind: 'midi'; song: number; bytes: Uint8Array }
  | { kind: 'steady'; song: number; tempo: number } // a silent song of even beats, to dance to when listening live
  | { kind: 'listening'; listening: Listening; song: number } // song: to be counted again as that number; 0: none
  | { kind: 'open'; song: number; dance: number; bytes: Uint8Array; mirror: boolean } // a dance file, by itself
  | { kind: 'dance'; dance: number; settings: DanceSettings }
  | { kind: 'mirror'; mirror: boolean }
  | { kind: 'troupe'; troupe: TroupeSettings }
  | { kind: 'cancel'; everything: boolean }; // everything: the download too

type Bytes = Uint8Array<ArrayBuffer>;

/** Requests, with what each carries and what answers it. */
export interface Requests {
  take: { with: { dance: number; bytes: Bytes; mirror: boolean }; answer: null }; // a dance file, to the song that is loaded
  file: { with: { format: string; title: string; dancer: number }; answer: Bytes };
  musicJson: { with: unknown; answer: Bytes };
  joints: { with: { dancer: number }; answer: Float32Array };
  features: { with: unknown; answer: Float32Array };
}
export type RequestKind = keyof Requests;
export type Request<K extends RequestKind> = { kind: K } & Requests[K]['with'];
export type AnyRequest = { [K in RequestKind]: Request<K> }[RequestKind];

export type ToWorker = Order | { kind: 'request'; id: number; request: AnyRequest };

export interface EngineInfo {
  backend: Backend;
  threads: number;
  label: string; // for people
}

export interface Poses {
  dance: number;
  poses: Float32Array;
  dancers: number;
  total: number; // frames, when the dance is finished
  style: string;
  reason: string; // for the style, where "auto" chose
  progress: number; // 0 to 1
  seconds: number; // of work
}

export interface Heard {
  song: number;
  music: Music;
  counted: CountedBy;
  seconds: number; // of work
}

/** What the worker reports by itself; errors are about the song or dance of a number, or (0) the page. */
export type Report =
  | { kind: 'ready'; styles: { name: string; bpm: number }[]; formats: ExportFormat[] }
  | { kind: 'made'; song: number; samples: Float32Array; rate: number } // the demo song, or a MIDI file played
  | ({ kind: 'music' } & Heard)
  | { kind: 'opened'; song: number; music: Music; title: string; model: string } // of the file; its poses follow
  | { kind: 'download'; what: string; bytes: number; total: number } // total 0: not known
  | { kind: 'engine'; engine: EngineInfo; remember: string }
  | { kind: 'progress'; dance: number; progress: number }
  | ({ kind: 'poses' } & Poses)
  | { kind: 'error'; about: 'song' | 'dance' | 'page'; id: number; message: string };

export type FromWorker =
  | Report
  | { kind: 'answer'; id: number; answer: Requests[RequestKind]['answer'] }
  | { kind: 'refusal'; id: number; message: string };
