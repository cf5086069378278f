// The page's worker: core and networks. The main thread only draws.

import { Core, CoreError, type CoreModule } from '../core';
import type { AnyRequest, Order, Requests, RequestKind, ToWorker } from '../protocol';
import { loadModule } from '../wasm';
import { Dances } from './dances';
import { Models } from './models';
import { buffersOf, send, sentence } from './reports';
import { Songs } from './songs';

class Session {
  readonly dances: Dances;
  readonly songs: Songs;

  constructor(
    readonly core: Core,
    readonly models: Models,
  ) {
    this.dances = new Dances(core, models);
    this.songs = new Songs(core, models, this.dances);
  }
}

let session: Session | null = null; // there once the core is loaded
let started: Promise<void> = Promise.resolve();

async function start({ base, force, remembered, viewer }: Extract<Order, { kind: 'start' }>): Promise<void> {
  const [module, manifest] = await Promise.all([
    loadModule<CoreModule>(base, 'terpsi_core'),
    viewer ? null : fetch(new URL('models/manifest.json', base)),
  ]);
  session = new Session(new Core(module), new Models(base, force, remembered));
  if (manifest) await session.models.load(manifest, session.core);
  else send({ kind: 'ready', styles: [], formats: session.core.formats() });
}

async function dispatch(order: Order): Promise<void> {
  if (order.kind === 'start') return start(order);
  if (!session) throw new TypeError('the core is not loaded');
  const { core, models, songs, dances } = session;
  switch (order.kind) {
    case 'warm':
      return models.warm();
    case 'song':
      return songs.load(order.song, order.samples, order.rate);
    case 'demo':
      return songs.play(order.song, () => core.demoSong());
    case 'midi':
      return songs.play(order.song, () => core.playMidi(order.bytes));
    case 'steady':
      return songs.steady(order.song, order.tempo);
    case 'listening':
      return songs.setListening(order.listening, order.song);
    case 'open': {
      const { song, dance, bytes, mirror } = order;
      const music = songs.open(song, bytes);
      dances.takeFile(dance, mirror);
      send({ kind: 'opened', song, music, title: core.danceTitle(), model: core.danceModel() }, buffersOf(music));
      return dances.showFile();
    }
    case 'dance':
      return dances.make(order.dance, order.settings);
    case 'mirror':
      return dances.setMirror(order.mirror);
    case 'troupe':
      return dances.setTroupe(order.troupe);
    case 'cancel':
      dances.stop();
      if (order.everything) models.stopDownload();
  }
}

type Answers = { [K in RequestKind]: (session: Session, request: Requests[K]['with']) => Requests[K]['answer'] };

const ANSWERS: Answers = {
  take({ core, dances }, { dance, bytes, mirror }) {
    core.takeDance(bytes);
    dances.takeFile(dance, mirror);
    return null;
  },
  file: ({ core }, { format, title, dancer }) => core.export(format, title, dancer),
  musicJson: ({ core }) => core.musicJson(),
  joints: ({ core }, { dancer }) => core.joints(dancer),
  features: ({ core }) => core.features(),
};

function answer(id: number, request: AnyRequest): void {
  if (!session) throw new TypeError('the core is not loaded');
  const reply = ANSWERS[request.kind](session, request as never);
  send({ kind: 'answer', id, answer: reply }, reply ? [reply.buffer as ArrayBuffer] : []);
  if (request.kind === 'take') session.dances.showFile();
}

async function handle(message: ToWorker): Promise<void> {
  if (message.kind === 'request') answer(message.id, message.request);
  else await dispatch(message);
}

function fail(message: ToWorker, error: unknown): void {
  if (message.kind === 'dance' && !session?.dances.isNewest(message.dance)) return; // cancelled meanwhile
  if (!(error instanceof CoreError)) console.error(error);
  const text = sentence(error);
  if (message.kind === 'request') send({ kind: 'refusal', id: message.id, message: text });
  else if (message.kind === 'dance') send({ kind: 'error', about: 'dance', id: message.dance, message: text });
  else if ('song' in message) send({ kind: 'error', about: 'song', id: message.song, message: text });
  else send({ kind: 'error', about: 'page', id: 0, message: text });
}

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  const handled = session || message.kind === 'start' ? handle(message) : started.then(() => handle(message));
  if (message.kind === 'start') started = handled.catch(() => undefined);
  handled.catch((error: unknown) => fail(message, error));
};
