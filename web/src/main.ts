// The page's director: takes a song, has the worker listen and dance, plays the song, draws the dance at the time heard.

import { ClickTrack } from './click';
import { FORMATIONS, MAX_DANCERS, POSE_FLOATS, type DanceSettings, type Formation, type Music, type TroupeSettings } from './core';
import { bufferFrom, decodeFile, midiBytes, SongError, toMono } from './decode';
import {
  announce, dom, fillSections, fillStyles, hideNotice, resetSteps, save, showNotice, showSaves, showState, showStep, showTitle, titleOf,
} from './page';
import { Live } from './live';
import { Player } from './player';
import type { Backend, Counted, EngineInfo, FromWorker, Listening, ToWorker } from './protocol';
import { letterOf, places, sectionsFrom, styleAt, styleText, withStyle, type Section } from './sections';
import { Command, Setting, View, ViewText } from './view';

const REMEMBER = 'terpsi.engine';
const FPS = 30;
const base = new URL('./', document.baseURI).href;
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const player = new Player();
const clicks = new ClickTrack();
let counted: Counted = 'classical'; // who counted the beats of this song
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let view: View | null = null;
let styles: string[] = [];
let settings: DanceSettings = { style: 'auto', sectionStyles: '', energy: 0.5, variation: 0.3, seed: 1, mirror: false };
let troupe: TroupeSettings = { dancers: 1, formation: 'unison', spacing: 2 };
let sections: Section[] = [];
let chosen: string[] = []; // a style per section, '' = as the rest
let song = 0; // number of the newest song; answers about older ones are dropped
let dance = 0; // number of the newest dance
let request = 0;
let title = '';
let music: Music | null = null;
let engine: EngineInfo | null = null;
let progress = 1; // of the dance being made
let framesShown = 0;
let dancersShown = 1;
let firstFrames = 0; // how many were there when the dancing began
let danceShown = 0; // number of the dance on the stage
let asleep = true; // no animation frame is asked for
let playWhenReady = false;
let heardAtDraw = 0; // the audio clock when the last picture was drawn, seconds
let droppedAt = 0;
const timings: Record<string, number> = {}; // seconds, for the benchmark
const waiting = new Map<number, { resolve: (m: FromWorker) => void; reject: (e: Error) => void }>();

function send(message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

function ask(message: (request: number) => ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    request += 1;
    waiting.set(request, { resolve, reject });
    send(message(request));
  });
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBER);
  } catch {
    return null;
  }
}

function remember(text: string): void {
  try {
    if (text) localStorage.setItem(REMEMBER, text);
  } catch {
    // not remembered: timed again next time
  }
}

function forcedBackend(): Backend | null {
  const wanted = new URLSearchParams(location.search).get('backend');
  return wanted === 'webgpu' || wanted === 'wasm' ? wanted : null;
}

// ---- Drawing ---------------------------------------------------------------------------------------------------

function wake(): void {
  if (!asleep) return;
  asleep = false;
  requestAnimationFrame(draw);
}

/** The live page: the dancer follows what is heard. */
function drawLive(now: number): boolean {
  const { time, calm: stands, pulse } = live.draw(now);
  view?.set(Setting.calm, stands);
  view?.set(Setting.playing, pulse);
  const again = view?.frame(time, now) ?? false;
  return again || live.listening;
}

function draw(): void {
  if (!view) return;
  const now = performance.now() / 1000;
  if (live.active) {
    if (drawLive(now)) requestAnimationFrame(draw);
    else asleep = true;
    return;
  }
  heardAtDraw = player.heard();
  const again = view.frame(player.drawn(now), now);
  view.poll(obey);
  if (again || player.playing) requestAnimationFrame(draw);
  else asleep = true;
}

function resize(): void {
  const { clientWidth: width, clientHeight: height } = dom.stage;
  const scale = Math.min(window.devicePixelRatio || 1, 3);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (dom.stage.width !== w || dom.stage.height !== h) {
    dom.stage.width = w;
    dom.stage.height = h;
  }
  view?.resize(width, height, scale, dom.bar.offsetHeight);
  wake();
}

// ---- Songs -----------------------------------------------------------------------------------------------------

function beginWork(name: string): number {
  live.close('');
  song += 1;
  dance += 1;
  send({ kind: 'cancel', everything: false });
  player.unload();
  music = null;
  framesShown = 0;
  danceShown = 0;
  droppedAt = performance.now();
  hideNotice();
  resetSteps(name);
  showState('work');
  view?.hideSong();
  view?.set(Setting.hasSong, false);
  dom.saveBvh.disabled = true;
  dom.saveDance.disabled = true;
  void player.unlock();
  wake();
  return song;
}

function welcome(): void {
  song += 1;
  dance += 1;
  send({ kind: 'cancel', everything: true });
  player.unload();
  music = null;
  showTitle('');
  showState('welcome');
  view?.hideSong();
  wake();
}

function failed(message: string): void {
  welcome();
  showNotice(message);
  announce(message);
}

async function openFile(file: File): Promise<void> {
  const mine = beginWork(titleOf(file.name));
  title = titleOf(file.name);
  announce(`Reading ${title}`);
  showStep('decode', 'doing');
  try {
    const score = await midiBytes(file);
    if (mine !== song) return;
    if (score) {
      send({ kind: 'midi', song: mine, bytes: score }, [score.buffer]);
      return;
    }
    const buffer = await decodeFile(file);
    if (mine !== song) return;
    const samples = toMono(buffer);
    const rate = buffer.sampleRate;
    player.load(buffer);
    showStep('decode', 'done', `${Math.round(buffer.duration)} s`);
    showStep('analyse', 'doing');
    timings['decode'] = (performance.now() - droppedAt) / 1000;
    send({ kind: 'song', song: mine, samples, rate }, [samples.buffer as ArrayBuffer]);
  } catch (error) {
    if (mine !== song) return;
    failed(error instanceof SongError ? error.message : 'This file could not be read. Choose another one.');
  }
}

// ---- Live ------------------------------------------------------------------------------------------------------

const live = new Live({
  base,
  announce,
  wake,
  wantDance: () => {
    // A dance to a song of even beats that nobody hears; played back so that its beats meet those heard.
    song += 1;
    dance += 1;
    send({ kind: 'steady', song, tempo: live.tempo });
  },
  left: (why) => {
    view?.set(Setting.calm, 0);
    view?.set(Setting.playing, false);
    if (troupe.dancers > 1) send({ kind: 'troupe', troupe });
    welcome();
    if (!why) return;
    showNotice(why);
    announce(why);
  },
});

function openLive(): void {
  welcome();
  hideNotice();
  send({ kind: 'troupe', troupe: { ...troupe, dancers: 1 } });
  showState('live');
  showTitle('Live');
  live.choose();
  wake();
}

/** The even song is there: dance to it. */
function danceForLive(message: Extract<FromWorker, { kind: 'music' }>): void {
  if (message.song !== song) return;
  dance += 1;
  send({ kind: 'dance', dance, settings: { ...settings, style: live.style, sectionStyles: '', variation: 0, mirror: false } });
}

function takeLivePoses(message: Extract<FromWorker, { kind: 'poses' }>): void {
  if (message.dance !== dance || message.progress < 1 || message.dancers !== 1) return;
  const round = live.takeDance(message.poses);
  if (!round) {
    live.close('The dance is too short to go on and on. Choose another style.');
    return;
  }
  const frames = round.poses.length / POSE_FLOATS;
  view?.showPoses(round.poses, 1, frames);
  wake();
}

function openDemo(): void {
  const mine = beginWork('Demo song');
  title = 'Demo song';
  announce('Making the demo song');
  showStep('decode', 'doing');
  send({ kind: 'demo', song: mine });
}

// ---- Dances ----------------------------------------------------------------------------------------------------

function startDance(): void {
  if (!music) return;
  dance += 1;
  progress = 0;
  view?.set(Setting.progress, 0);
  showSettings();
  send({ kind: 'dance', dance, settings: { ...settings } });
  wake();
}

function showSettings(): void {
  view?.set(Setting.style, Math.max(0, styles.indexOf(settings.style)));
  view?.set(Setting.energy, settings.energy);
  view?.set(Setting.variation, settings.variation);
  view?.text(ViewText.sectionStyles, chosen.join('\n'));
  view?.set(Setting.seed, settings.seed);
  view?.set(Setting.mirror, settings.mirror);
  dom.style.value = settings.style;
  dom.energy.value = String(Math.round(settings.energy * 100));
  dom.variation.value = String(Math.round(settings.variation * 100));
  showSectionStyle();
  dom.seed.value = String(settings.seed);
  dom.mirror.checked = settings.mirror;
}

/** The style of the place chosen in the list of sections. */
function showSectionStyle(): void {
  dom.sectionStyle.value = styleAt(sections, chosen, Number(dom.section.value)) ?? '';
}

function showTroupe(): void {
  view?.set(Setting.dancers, troupe.dancers);
  view?.set(Setting.formation, FORMATIONS.indexOf(troupe.formation));
  view?.set(Setting.spacing, troupe.spacing);
  dom.dancers.value = String(troupe.dancers);
  dom.formation.value = troupe.formation;
  dom.spacing.value = String(Math.round(troupe.spacing * 10) / 10);
  dom.formation.disabled = troupe.dancers < 2;
  dom.spacing.disabled = troupe.dancers < 2;
  showSaves(troupe.dancers);
  wake();
}

function setTroupe(change: Partial<TroupeSettings>): void {
  const wanted = { ...troupe, ...change };
  if (wanted.dancers >= 1 && wanted.dancers <= MAX_DANCERS && Number.isInteger(wanted.dancers) && wanted.spacing >= 0.5 && wanted.spacing <= 10) {
    troupe = wanted;
    send({ kind: 'troupe', troupe });
    announce(troupe.dancers > 1 ? `${troupe.dancers} dancers, ${troupe.formation}` : 'One dancer');
  }
  showTroupe();
}

/** `where`: the number of a section from 0, or -1 - label. */
function setSectionStyle(where: number, style: string): void {
  chosen = withStyle(sections, chosen, where, style);
  const text = styleText(sections, chosen);
  if (text === settings.sectionStyles) return;
  const named = where < 0 ? `All sections ${letterOf({ start: 0, end: 0, label: -1 - where })}` : `Section ${where + 1}`;
  announce(`${named}: ${style || 'as the rest'}`);
  regenerate({ sectionStyles: text });
}

function takeMusic(message: Extract<FromWorker, { kind: 'music' }>): void {
  if (message.song !== song) return;
  music = message.music;
  clicks.setBeats(music.beats, music.beatInBar);
  counted = message.counted;
  view?.set(Setting.counted, ['classical', 'network', 'score'].indexOf(counted));
  timings['analyse'] = message.seconds;
  showStep('analyse', 'done', `${music.tempo.toFixed(0)} BPM`);
  showStep('download', engine ? 'done' : 'doing');
  view?.showSong(music);
  sections = sectionsFrom(music.sections);
  chosen = sections.map(() => '');
  settings = { ...settings, sectionStyles: '' }; // the sections of another song
  fillSections(places(sections));
  view?.set(Setting.hasSong, false); // the cards come with the first poses
  view?.set(Setting.analysisSeconds, message.seconds);
  showTitle(title);
  dom.facts.textContent = `${music.tempo.toFixed(1)} beats per minute, ${Math.round(music.duration)} seconds`;
  dom.position.max = String(music.duration);
  playWhenReady = true;
  startDance();
}

function takePoses(message: Extract<FromWorker, { kind: 'poses' }>): void {
  if (message.dance !== dance || !view) return;
  const news = danceShown !== message.dance || progress < 1; // else the same dance again: mirrored, or for others
  progress = message.progress;
  view.set(Setting.progress, progress);
  const ready = message.poses.length / POSE_FLOATS / message.dancers;
  // While a new dance grows, the old one stays on the stage until the new one reaches the moment being heard.
  const reaches = ready / FPS > player.heard() + 1 || progress >= 1;
  if (danceShown !== message.dance && danceShown > 0 && !reaches) return;
  const first = danceShown === 0;
  danceShown = message.dance;
  framesShown = ready;
  dancersShown = message.dancers;
  view.showPoses(message.poses, message.dancers, message.total);
  view.text(ViewText.styleName, message.style);
  view.text(ViewText.styleReason, message.reason);
  view.set(Setting.generationSeconds, message.seconds);
  if (first) {
    timings['first'] = (performance.now() - droppedAt) / 1000;
    timings['window'] = message.seconds;
    firstFrames = ready;
    showState('song');
    view.set(Setting.hasSong, true);
  }
  if (progress >= 1) {
    timings['generate'] = message.seconds;
    if (news) announce(`The dance is ready. Style ${message.style}${message.reason ? `: ${message.reason}` : ''}.`);
    dom.saveBvh.disabled = false;
    dom.saveDance.disabled = false;
  }
  if (playWhenReady) {
    playWhenReady = false;
    void play();
  }
  wake();
}

function regenerate(change: Partial<DanceSettings>): void {
  settings = { ...settings, ...change };
  startDance();
}

function cancelDance(): void {
  send({ kind: 'cancel', everything: true });
  dance += 1;
  progress = 1;
  view?.set(Setting.progress, 1);
  announce('Cancelled');
  if (danceShown === 0) welcome();
  wake();
}

// ---- Playing ---------------------------------------------------------------------------------------------------

function showPlaying(): void {
  view?.set(Setting.playing, player.playing);
  dom.play.textContent = player.playing ? 'Pause' : 'Play';
  wake();
}

async function play(): Promise<void> {
  await player.play();
  showPlaying();
}

function togglePlay(): void {
  if (!music) return;
  if (player.playing) {
    player.pause();
    showPlaying();
  } else {
    void play();
  }
}

function seek(seconds: number): void {
  player.seek(seconds);
  wake();
}

function setLoop(change: Partial<{ on: boolean; start: number; end: number }>): void {
  player.loop = { ...player.loop, ...change };
  view?.set(Setting.loop, player.loop.on);
  dom.loop.checked = player.loop.on;
  wake();
}

function setSpeed(value: number): void {
  if (!(value >= 0.25 && value <= 2)) return;
  player.speed = value;
  view?.set(Setting.speed, value);
  dom.speed.value = String(value);
  wake();
}

function setMirror(on: boolean): void {
  settings = { ...settings, mirror: on };
  showSettings();
  send({ kind: 'mirror', mirror: on });
  wake();
}

/** Hears the song again, with or without the beat network; later songs are heard so, too. */
function setListening(listening: Listening): void {
  dom.listening.value = listening;
  send({ kind: 'listening', listening, song: music ? song : 0 });
}

function setClick(on: boolean): void {
  clicks.on = on;
  view?.set(Setting.click, on);
  dom.click.checked = on;
  wake();
}

function setTrails(on: boolean): void {
  view?.set(Setting.trails, on);
  dom.trails.checked = on;
  wake();
}

function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 100000;
}

/** What the viewer asked of the drawn panels. */
function obey(command: Command, value: number, where = 0): void {
  switch (command) {
    case Command.play:
      togglePlay();
      break;
    case Command.stop:
      player.stop();
      showPlaying();
      break;
    case Command.seek:
      seek(value);
      break;
    case Command.style:
      regenerate({ style: styles[value] ?? 'auto' });
      break;
    case Command.energy:
      regenerate({ energy: value });
      break;
    case Command.variation:
      regenerate({ variation: value });
      break;
    case Command.sectionStyle:
      setSectionStyle(where, value > 0 ? (styles[value] ?? '') : '');
      break;
    case Command.dancers:
      setTroupe({ dancers: value });
      break;
    case Command.formation:
      setTroupe({ formation: FORMATIONS[value] ?? 'unison' });
      break;
    case Command.spacing:
      setTroupe({ spacing: Math.round(value * 10) / 10 });
      break;
    case Command.seed:
      regenerate({ seed: value });
      break;
    case Command.regenerate:
      regenerate({ seed: newSeed() });
      break;
    case Command.mirror:
      setMirror(value !== 0);
      break;
    case Command.speed:
      setSpeed(Math.round(value * 100) / 100);
      break;
    case Command.loop:
      setLoop({ on: value !== 0 });
      break;
    case Command.loopStart:
      setLoop({ start: value });
      break;
    case Command.loopEnd:
      setLoop({ end: value });
      break;
    case Command.trails:
      setTrails(value !== 0);
      break;
    case Command.listening:
      setListening(value !== 0 ? 'careful' : 'quick');
      break;
    case Command.click:
      setClick(value !== 0);
      break;
    case Command.cancel:
      cancelDance();
      break;
    case Command.none:
      break;
  }
}

// ---- Messages of the worker ------------------------------------------------------------------------------------

function takeDownload(bytes: number, all: number): void {
  const mega = (n: number): string => (n / 1e6).toFixed(1);
  const share = all > 0 ? bytes / all : null;
  showStep('download', bytes >= all && all > 0 ? 'done' : 'doing', `${mega(bytes)} of ${mega(all)} MB`, share);
}

function takeError(message: Extract<FromWorker, { kind: 'error' }>): void {
  if (live.active && message.about !== 'file') {
    const old = (message.about === 'song' && message.id !== song) || (message.about === 'dance' && message.id !== dance);
    if (!old) live.close(message.message);
    return;
  }
  switch (message.about) {
    case 'song':
      if (message.id === song) failed(message.message);
      break;
    case 'dance':
      if (message.id !== dance) break;
      if (danceShown === 0) {
        failed(message.message);
      } else {
        cancelDance();
        showNotice(message.message);
      }
      break;
    case 'file':
      waiting.get(message.id)?.reject(new Error(message.message));
      waiting.delete(message.id);
      break;
    case 'page':
      showNotice(message.message);
      break;
  }
}

worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => {
  switch (message.kind) {
    case 'ready':
      styles = ['auto', ...message.styles.map(({ name }) => name)];
      live.fillStyles(message.styles);
      fillStyles(styles);
      view?.text(ViewText.styleNames, styles.join('\n'));
      document.body.dataset['ready'] = 'yes';
      if (view) warmUp();
      break;
    case 'made':
      if (message.song !== song) break;
      player.load(bufferFrom(message.samples, message.rate));
      showStep('decode', 'done', `${Math.round(message.samples.length / message.rate)} s`);
      showStep('analyse', 'doing');
      break;
    case 'music':
      if (live.active) danceForLive(message);
      else takeMusic(message);
      break;
    case 'download':
      takeDownload(message.bytes, message.total);
      break;
    case 'engine':
      engine = message.engine;
      remember(message.remember);
      timings['opened'] = (performance.now() - droppedAt) / 1000;
      view?.text(ViewText.backend, engine.label);
      dom.facts.textContent = `${dom.facts.textContent ?? ''}, made with ${engine.label}`;
      showStep('download', 'done', engine.label);
      break;
    case 'progress':
      if (message.dance !== dance) break;
      progress = Math.min(message.progress, 0.999); // 1 comes with the last poses
      view?.set(Setting.progress, progress);
      showStep('generate', 'doing', `${Math.round(progress * 100)} %`, progress);
      if (danceShown > 0) wake();
      break;
    case 'poses':
      if (live.active) takeLivePoses(message);
      else takePoses(message);
      break;
    case 'file':
    case 'array':
      waiting.get(message.request)?.resolve(message);
      waiting.delete(message.request);
      break;
    case 'error':
      takeError(message);
      break;
  }
};
worker.onerror = () => showNotice('The part of the page that listens and dances could not start. Reload the page.');

// ---- Input -----------------------------------------------------------------------------------------------------

/** BVH: a file for each dancer, "song-1.bvh" the lead. Dance files hold the lead only. */
async function download(format: 'bvh' | 'dance'): Promise<void> {
  try {
    const files = format === 'bvh' ? dancersShown : 1;
    for (let dancer = 0; dancer < files; ++dancer) {
      const answer = await ask((id) => ({ kind: 'file', request: id, format, title, dancer }));
      if (answer.kind !== 'file') continue;
      const name = files > 1 ? `${title}-${dancer + 1}.${format}` : `${title}.${format}`;
      save(answer.bytes, name, format === 'bvh' ? 'text/plain' : 'application/octet-stream');
      if (dancer + 1 < files) await new Promise((next) => setTimeout(next, 250)); // browsers drop downloads that come at once
    }
  } catch (error) {
    showNotice(error instanceof Error ? error.message : 'The file could not be written.');
  }
}

function takeFiles(files: FileList | null | undefined): void {
  const file = files?.[0];
  if (file) void openFile(file);
}

function listenToDom(): void {
  dom.file.addEventListener('change', () => {
    takeFiles(dom.file.files);
    dom.file.value = '';
  });
  dom.demo.addEventListener('click', openDemo);
  dom.listen.addEventListener('click', openLive);
  dom.cancel.addEventListener('click', () => {
    announce('Cancelled');
    welcome();
  });
  dom.newSong.addEventListener('click', welcome);
  dom.noticeClose.addEventListener('click', hideNotice);
  dom.saveBvh.addEventListener('click', () => void download('bvh'));
  dom.saveDance.addEventListener('click', () => void download('dance'));
  dom.play.addEventListener('click', togglePlay);
  dom.stop.addEventListener('click', () => obey(Command.stop, 0));
  dom.position.addEventListener('input', () => seek(Number(dom.position.value)));
  dom.position.addEventListener('focus', () => (dom.position.value = String(player.heard())));
  dom.style.addEventListener('change', () => regenerate({ style: dom.style.value }));
  dom.energy.addEventListener('change', () => regenerate({ energy: Number(dom.energy.value) / 100 }));
  dom.variation.addEventListener('change', () => regenerate({ variation: Number(dom.variation.value) / 100 }));
  dom.section.addEventListener('change', showSectionStyle);
  dom.sectionStyle.addEventListener('change', () => {
    if (dom.section.value !== '') setSectionStyle(Number(dom.section.value), dom.sectionStyle.value);
  });
  dom.dancers.addEventListener('change', () => setTroupe({ dancers: Math.round(Number(dom.dancers.value)) }));
  dom.formation.addEventListener('change', () => setTroupe({ formation: dom.formation.value as Formation }));
  dom.spacing.addEventListener('change', () => setTroupe({ spacing: Number(dom.spacing.value) }));
  dom.seed.addEventListener('change', () => {
    const seed = Math.floor(Number(dom.seed.value));
    if (seed >= 0 && seed < 2 ** 32) regenerate({ seed });
  });
  dom.regenerate.addEventListener('click', () => obey(Command.regenerate, 0));
  dom.speed.addEventListener('change', () => setSpeed(Number(dom.speed.value)));
  dom.loop.addEventListener('change', () => setLoop({ on: dom.loop.checked }));
  dom.mirror.addEventListener('change', () => setMirror(dom.mirror.checked));
  dom.click.addEventListener('change', () => setClick(dom.click.checked));
  dom.listening.addEventListener('change', () => setListening(dom.listening.value === 'quick' ? 'quick' : 'careful'));
  dom.trails.addEventListener('change', () => setTrails(dom.trails.checked));
  dom.home.addEventListener('click', () => {
    view?.home();
    wake();
  });
}

function listenToDrops(): void {
  const drags = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragover', (event) => {
    if (!drags(event)) return;
    event.preventDefault();
    document.body.dataset['drag'] = '';
  });
  window.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) delete document.body.dataset['drag'];
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    delete document.body.dataset['drag'];
    takeFiles(event.dataTransfer?.files);
  });
}

const KEYS: Record<string, () => void> = {
  ' ': togglePlay,
  ArrowLeft: () => seek(player.heard() - 5),
  ArrowRight: () => seek(player.heard() + 5),
  ArrowUp: () => view?.turn(0, 0, 1.1),
  ArrowDown: () => view?.turn(0, 0, 1 / 1.1),
  Home: () => view?.home(),
  f: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined),
  l: () => setLoop({ on: !player.loop.on }),
  m: () => setMirror(!settings.mirror),
  t: () => setTrails(!dom.trails.checked),
  c: () => setClick(!clicks.on),
};
for (let n = 1; n <= MAX_DANCERS; ++n) KEYS[n] = () => setTroupe({ dancers: n });

function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest('button, input, select, a, label')) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
    wake();
  });
}

// ---- Start -----------------------------------------------------------------------------------------------------

player.onEnd = showPlaying;
player.onStretch = (context, stretch) => clicks.play(context, stretch);

/** Window for the tests: reads everything, changes nothing but the play head. */
Object.defineProperty(window, '__terpsi', {
  value: Object.freeze({
    audioTime: () => player.heard(),
    drawnTime: () => view?.drawnTime() ?? 0,
    heardAtDraw: () => heardAtDraw,
    seek,
    joints: () => Array.from(view?.joints() ?? []), // of every dancer drawn, the lead first
    cost: () => view?.cost() ?? 0,
    sectionPlace: (index: number) => view?.sectionPlace(index) ?? { x: 0, y: 0, half: 0 },
    sections: () => sections.map((section) => ({ ...section })),
    troupe: () => ({ ...troupe }),
    playing: () => player.playing,
    frames: () => framesShown,
    firstFrames: () => firstFrames,
    progress: () => progress,
    dance: () => danceShown,
    engine: () => engine?.label ?? '',
    settings: () => ({ ...settings }),
    styles: () => [...styles],
    tempo: () => music?.tempo ?? 0,
    duration: () => music?.duration ?? 0,
    beatsPerBar: () => music?.beatsPerBar ?? 0,
    downbeats: () => Array.from(music?.beats ?? []).filter((_, k) => music?.beatInBar[k] === 1),
    timings: () => ({ ...timings }),
    asleep: () => asleep,
    live: () => live.debug(),
    clicks: () => ({ on: clicks.on, ...clicks.made }),
    counted: () => (music ? counted : ''),
    beats: () => Array.from(music?.beats ?? []),
    places: () => Array.from(music?.beatInBar ?? []),
    danceJoints: (dancer = 0) => arrayOf((id) => ({ kind: 'joints', request: id, dancer })),
    features: () => arrayOf((id) => ({ kind: 'features', request: id })),
  }),
});

async function arrayOf(message: (request: number) => ToWorker): Promise<number[]> {
  const answer = await ask(message);
  return answer.kind === 'array' ? Array.from(answer.values) : [];
}

/** Once the stage is drawn and the worker is up, and the page has nothing better to do. */
function warmUp(): void {
  setTimeout(() => send({ kind: 'warm' }), 300);
}

async function start(): Promise<void> {
  listenToDom();
  listenToDrops();
  listenToKeys();
  send({ kind: 'start', base, force: forcedBackend(), remembered: remembered() });
  view = await View.open(base, '#stage');
  if (!view) {
    showNotice('This browser cannot draw the stage: it needs WebGL 2. Try a current Firefox, Chrome, Edge or Safari.');
    return;
  }
  view.listen(dom.stage, wake);
  view.set(Setting.reducedMotion, calm.matches);
  calm.addEventListener('change', () => view?.set(Setting.reducedMotion, calm.matches));
  view.set(Setting.panelOpen, window.innerWidth >= 760);
  showTroupe();
  if (styles.length > 0) view.text(ViewText.styleNames, styles.join('\n'));
  new ResizeObserver(resize).observe(dom.stage);
  window.addEventListener('resize', resize);
  dom.stage.addEventListener('webglcontextlost', () => showNotice('The graphics driver restarted. Reload the page.'));
  resize();
  if (styles.length > 0) warmUp();
}

start().catch(() => showNotice('The stage could not be loaded. Reload the page.'));
