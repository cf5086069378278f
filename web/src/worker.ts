// The page's worker: core and network. The main thread only draws.

import { Core, CoreError, MOTION_DIMS, type CoreModule, type DanceSettings, type Music, type Step } from './core';
import { chooseEngine, type Engine } from './engine';
import { openListener, type Listener } from './listener';
import { fetchModel, forgetOthers, isKept, type ModelFile } from './model_store';
import { isForPage } from './page_models';
import type { Backend, Counted, FromWorker, Listening, ToWorker } from './protocol';
import { loadModule } from './wasm';

interface ManifestModel extends ModelFile {
  name: string;
  role: string;
  page?: boolean;
  window: number;
  condition_columns: number;
  inputs: Record<string, unknown>;
  styles: { name: string; bpm: number }[];
}

let core: Core; // there once `started` is kept
let base = '';
let force: Backend | null = null;
let remembered: string | null = null;
let model: ManifestModel | null = null;
let listenerFile: ModelFile | null = null;
let listener: Promise<Listener> | null = null;
let listening: Listening = 'careful';
let heard = 0; // number of the newest song
let weights: Promise<Uint8Array<ArrayBuffer>> | null = null;
let opening: Promise<Engine> | null = null;
let mirror = false;
let troupe = 1; // dancers
let dance = 0; // number of the newest request; work for older ones stops
let total = 0; // frames of the song
let download = new AbortController();
let inCore = -1; // number of the dance that the core holds
let lastStyle = '';
let lastReason = ''; // for it, where "auto" chose
let lastSeconds = 0;
let working: Promise<void> = Promise.resolve(); // the network runs for one dance at a time

function send(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function sentence(error: unknown): string {
  if (error instanceof TypeError)
    return 'Part of the page could not be fetched. Check the connection and reload the page.';
  const said = error instanceof Error ? error.message : '';
  if (!said) return 'Something went wrong. Reload the page.';
  return said[0]!.toUpperCase() + said.slice(1) + (/[.!?]$/.test(said) ? '' : '.');
}

/** Lets messages that wait (cancel, a new request) be handled before going on. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(0);
  });
}

async function start(message: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
  ({ base, force, remembered } = message);
  if (message.viewer) {
    core = new Core(await loadModule<CoreModule>(base, 'terpsi_core'));
    send({ kind: 'ready', styles: [], modelName: '' });
    return;
  }
  const [module, response] = await Promise.all([
    loadModule<CoreModule>(base, 'terpsi_core'),
    fetch(new URL('models/manifest.json', base)),
  ]);
  core = new Core(module);
  if (!response.ok) throw new Error(`The list of models could not be fetched (${response.status}). Reload the page.`);
  const json = await response.text();
  core.loadManifest(json);
  // Larger models are too slow for a page: the first that is meant for it, if there is one.
  const { models, listeners } = JSON.parse(json) as { models: ManifestModel[]; listeners?: ModelFile[] };
  listenerFile = listeners?.[0] ?? null;
  model = models.find((m) => isForPage(m)) ?? models[0] ?? null;
  if (model) core.chooseModel(model.name);
  void forgetOthers(
    base,
    [model, listenerFile].filter((m) => m !== null),
  ).catch(() => undefined);
  send({
    kind: 'ready',
    styles: model?.styles.map(({ name, bpm }) => ({ name, bpm })) ?? [],
    modelName: model?.name ?? '',
  });
}

function wantWeights(): Promise<Uint8Array<ArrayBuffer>> {
  const wanted = model;
  if (!wanted) return Promise.reject(new Error('There is no dance model here. Reload the page.'));
  if (!weights) {
    download = new AbortController();
    weights = fetchModel(
      base,
      wanted,
      (bytes, all) => send({ kind: 'download', what: 'dance model', bytes, total: all }),
      download.signal,
    );
    weights.catch(() => (weights = null));
  }
  return weights;
}

/** An empty evaluation of one window, to time engines with. */
function sampleStep(): Step {
  const window = model?.window ?? 1;
  const columns = model?.condition_columns ?? 1;
  return {
    batch: 1,
    window,
    columns,
    x: new Float32Array(window * MOTION_DIMS),
    t: new Float32Array(1),
    cond: new Float32Array(window * columns),
    phrase: new Int32Array(window),
    mask: model && 'mask' in model.inputs ? new Float32Array(window * MOTION_DIMS) : null,
  };
}

async function openChosen(): Promise<Engine> {
  const bytes = await wantWeights();
  const choice = await chooseEngine(base, bytes, model?.sha256 ?? '', force, remembered, sampleStep());
  send({ kind: 'engine', engine: choice.engine.info, remember: choice.remember });
  return choice.engine;
}

/** Opens the engine once; a failure may be tried again. */
function wantEngine(): Promise<Engine> {
  opening ??= openChosen().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** The beat network, fetched and opened once; null where it cannot be had: then beats are counted without it. */
async function wantListener(): Promise<Listener | null> {
  const file = listenerFile;
  if (!file || listening === 'quick') return null;
  listener ??= fetchModel(base, file, () => undefined, new AbortController().signal).then((bytes) =>
    openListener(base, bytes),
  );
  return listener.catch((error: unknown) => {
    listener = null;
    return complain(error);
  });
}

function complain(error: unknown): null {
  console.warn(error);
  return null;
}

async function analyze(song: number): Promise<void> {
  heard = song;
  const fetched = wantListener();
  const began = performance.now();
  const input = core.hear();
  let seconds = (performance.now() - began) / 1000;
  const network = input.length > 0 ? await fetched : null; // a score needs none
  if (heard !== song) return;
  const resumed = performance.now();
  const activation = network && (await network.run(input).catch(complain));
  if (heard !== song) return;
  const music = core.count(activation);
  seconds += (performance.now() - resumed) / 1000;
  sendMusic(song, music, activation ? 'network' : input.length > 0 ? 'classical' : 'score', seconds);
}

const buffersOf = ({ waveform, beats, beatInBar, sections, eights, energy, moments }: Music): ArrayBuffer[] =>
  [waveform, beats, beatInBar, sections, eights, energy, moments].map((array) => array.buffer as ArrayBuffer);

function sendMusic(song: number, music: Music, counted: Counted, seconds: number): void {
  total = music.frames;
  send({ kind: 'music', song, music, counted, seconds }, buffersOf(music));
}

/** A dance file in place of a dance made here. */
function showFile(id: number): void {
  dance = inCore = id;
  lastStyle = core.styleName();
  lastReason = '';
  lastSeconds = 0;
}

function open(message: Extract<ToWorker, { kind: 'open' }>): void {
  const music = core.openDance(message.bytes);
  heard = message.song;
  total = music.frames;
  mirror = message.mirror;
  showFile(message.dance);
  send(
    { kind: 'opened', song: message.song, music, title: core.danceTitle(), model: core.danceModel() },
    buffersOf(music),
  );
  sendPoses(dance, 1);
}

function take(message: Extract<ToWorker, { kind: 'take' }>): void {
  core.takeDance(message.bytes);
  mirror = message.mirror;
  showFile(message.dance);
  send({ kind: 'taken', request: message.request });
  sendPoses(dance, 1);
}

/** Shows the dance that is there again, after mirror or troupe changed. */
function showAgain(): void {
  if (inCore === dance && core.readyFrames() > 0) sendPoses(dance, core.progress());
}

function sendPoses(id: number, progress: number): void {
  const poses = core.update(mirror);
  send(
    {
      kind: 'poses',
      dance: id,
      poses,
      dancers: core.dancers(),
      total,
      style: lastStyle,
      reason: lastReason,
      progress,
      seconds: lastSeconds,
    },
    [poses.buffer as ArrayBuffer],
  );
}

async function makeDance(id: number, settings: DanceSettings): Promise<void> {
  if (dance !== id) return;
  const used = await wantEngine();
  if (dance !== id) return;
  const began = performance.now();
  inCore = id;
  core.begin(settings);
  lastStyle = core.styleName();
  lastReason = core.styleReason();
  let shown = 0;
  for (let step = core.next(); step; step = core.next()) {
    const result = await used.run(step);
    if (dance !== id) return;
    core.feed(result);
    lastSeconds = (performance.now() - began) / 1000;
    send({ kind: 'progress', dance: id, progress: core.progress() });
    const ready = core.readyFrames();
    const wait = troupe > 1 ? 0.5 * shown : 0; // several dancers take longer to finish: less often
    if (ready > shown + wait && ready < total) {
      shown = ready;
      sendPoses(id, core.progress());
    }
    await breathe();
    if (dance !== id) return;
  }
  sendPoses(id, 1);
}

function cancel(everything: boolean): void {
  dance = -1;
  if (everything) download.abort();
}

type Question = Extract<ToWorker, { request: number }>;

function bytesFor(message: Extract<Question, { kind: 'file' | 'musicJson' }>): Uint8Array<ArrayBuffer> {
  if (message.kind === 'musicJson') return core.musicJson();
  return message.format === 'bvh' ? core.bvh(message.dancer) : core.danceFile(message.title);
}

function answer(message: Exclude<Question, { kind: 'take' }>): void {
  const { request } = message;
  if (message.kind === 'file' || message.kind === 'musicJson') {
    const bytes = bytesFor(message);
    send({ kind: 'file', request, bytes }, [bytes.buffer]);
    return;
  }
  const values = message.kind === 'joints' ? core.joints(message.dancer) : core.features();
  send({ kind: 'array', request, values }, [values.buffer as ArrayBuffer]);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'start':
      await start(message);
      break;
    case 'warm':
      // A visitor who has been here before need not wait for the engine when the song comes.
      if (listenerFile && (await isKept(base, listenerFile))) await wantListener();
      if (model && (await isKept(base, model))) await wantEngine().catch(() => undefined);
      break;
    case 'song':
      dance = -1;
      core.setPcm(message.samples, message.rate);
      void wantEngine().catch(() => undefined); // fetched while listening
      await analyze(message.song);
      break;
    case 'demo':
    case 'midi': {
      dance = -1;
      const { samples, rate } = message.kind === 'demo' ? core.demoSong() : core.playMidi(message.bytes);
      send({ kind: 'made', song: message.song, samples, rate }, [samples.buffer as ArrayBuffer]);
      void wantEngine().catch(() => undefined);
      await analyze(message.song);
      break;
    }
    case 'listening':
      listening = message.listening;
      if (message.song > 0) {
        dance = -1;
        await analyze(message.song);
      }
      break;
    case 'steady':
      dance = -1;
      void wantEngine().catch(() => undefined);
      heard = message.song;
      sendMusic(message.song, core.steadySong(message.tempo), 'classical', 0);
      break;
    case 'dance': {
      dance = message.dance;
      mirror = message.settings.mirror;
      const made = working.then(() => makeDance(message.dance, message.settings));
      working = made.catch(() => undefined);
      await made;
      break;
    }
    case 'open':
      open(message);
      break;
    case 'take':
      take(message);
      break;
    case 'mirror':
      mirror = message.mirror;
      showAgain();
      break;
    case 'troupe':
      core.setTroupe(message.troupe);
      troupe = message.troupe.dancers;
      showAgain();
      break;
    case 'cancel':
      cancel(message.everything);
      break;
    case 'file':
    case 'musicJson':
    case 'joints':
    case 'features':
      answer(message);
      break;
  }
}

function aboutOf(message: ToWorker): { about: 'song' | 'dance' | 'page' | 'file'; id: number } {
  switch (message.kind) {
    case 'song':
    case 'demo':
    case 'listening':
    case 'midi':
    case 'open':
    case 'steady':
      return { about: 'song', id: message.song };
    case 'dance':
      return { about: 'dance', id: message.dance };
    case 'file':
    case 'musicJson':
    case 'take':
    case 'joints':
    case 'features':
      return { about: 'file', id: message.request };
    default:
      return { about: 'page', id: 0 };
  }
}

let started: Promise<void> = Promise.resolve();

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  const handled = core || message.kind === 'start' ? handle(message) : started.then(() => handle(message));
  if (message.kind === 'start') started = handled.catch(() => undefined);
  handled.catch((error: unknown) => {
    if (message.kind === 'dance' && dance !== message.dance) return; // given up meanwhile
    if (!(error instanceof CoreError)) console.error(error);
    send({ kind: 'error', ...aboutOf(message), message: sentence(error) });
  });
};
