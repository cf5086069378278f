// The page's director: takes a song, has the worker listen and dance, plays the song, draws the dance at the time heard.

import { Choices } from './choices';
import { ClickTrack } from './click';
import { FORMATIONS, MAX_DANCERS, POSE_FLOATS, type DanceSettings, type Music, type TroupeSettings } from './core';
import { bufferFrom, danceBytes, decodeFile, midiBytes, SongError, toMono } from './decode';
import { HighQuality } from './high_quality';
import { listenToDrops, listenToKeys, listenToTwins } from './input';
import { Live } from './live';
import { Maker } from './maker';
import { recall, remember } from './memory';
import {
  announce,
  dom,
  hideNotice,
  resetSteps,
  save,
  showBare,
  showGiven,
  showNotice,
  showPlay,
  showState,
  showStep,
  showTitle,
  titleOf,
} from './page';
import { Player } from './player';
import type { Backend, Counted, EngineInfo, FromWorker, Listening } from './protocol';
import { Server, ServerError } from './server';
import { Share } from './share';
import { addressesOf, wantedDance } from './shared_page';
import { Command, Setting, View, ViewText } from './view';

const REMEMBER = 'terpsi.engine';
const FPS = 30;
const base = new URL('./', document.baseURI).href;
const wanted = wantedDance();
const server = new Server(base);
const maker = new Maker(takeMessage, () =>
  showNotice('The part of the page that listens and dances could not start. Reload the page.'),
);
const player = new Player();
const clicks = new ClickTrack();
const choices = new Choices();
let counted: Counted = 'classical'; // who counted the beats of this song
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let view: View | null = null;
let song = 0; // number of the newest song; answers about older ones are dropped
let dance = 0; // number of the newest dance
let title = '';
let given = false; // the dance comes from a file; there is no song
let shared = ''; // id of the shared dance on the stage
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

function forcedBackend(): Backend | null {
  const name = new URLSearchParams(location.search).get('backend');
  return name === 'webgpu' || name === 'wasm' ? name : null;
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

/** Leaves the song or dance that is there. */
function leave(): void {
  highQuality.cancel();
  song += 1;
  dance += 1;
  player.unload();
  music = null;
  setGiven(false);
  shared = '';
  setSaves(false);
}

function setGiven(yes: boolean): void {
  given = yes;
  showGiven(yes);
  view?.set(Setting.given, yes);
}

/** Whether there is a whole dance to save, to share, and a song for the larger model. */
function setSaves(whole: boolean): void {
  dom.saveBvh.disabled = !whole;
  dom.saveDance.disabled = !whole;
  share.enabled = whole;
  highQuality.enabled = whole && !given;
}

function beginWork(name: string): number {
  live.close('');
  leave();
  maker.send({ kind: 'cancel', everything: false });
  framesShown = 0;
  danceShown = 0;
  droppedAt = performance.now();
  hideNotice();
  resetSteps(name);
  showState('work');
  view?.hideSong();
  view?.set(Setting.hasSong, false);
  void player.unlock();
  wake();
  return song;
}

function welcome(): void {
  leave();
  maker.send({ kind: 'cancel', everything: true });
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
    const saved = await danceBytes(file);
    if (mine !== song) return;
    if (saved) return openDance(saved);
    const score = await midiBytes(file);
    if (mine !== song) return;
    if (score) {
      maker.send({ kind: 'midi', song: mine, bytes: score }, [score.buffer]);
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
    maker.send({ kind: 'song', song: mine, samples, rate }, [samples.buffer as ArrayBuffer]);
  } catch (error) {
    if (mine !== song) return;
    failed(error instanceof SongError ? error.message : 'This file could not be read. Choose another one.');
  }
}

// ---- Dance files -----------------------------------------------------------------------------------------------

/** Shows a dance file by itself, in place of the song that is being read. */
function openDance(bytes: Uint8Array<ArrayBuffer>): void {
  showState('opening');
  maker.send({ kind: 'open', song, dance, bytes, mirror: choices.settings.mirror }, [bytes.buffer]);
}

/** The shared dance that this page was opened for. */
async function openShared(id: string): Promise<void> {
  const mine = song;
  try {
    const bytes = await server.dance(id);
    if (mine !== song) return;
    song += 1;
    dance += 1;
    shared = id;
    openDance(bytes);
  } catch (error) {
    if (mine !== song) return;
    const gone = error instanceof ServerError && error.status === 404;
    failed(
      gone
        ? 'This dance is no longer here.'
        : error instanceof Error
          ? error.message
          : 'This dance could not be fetched. Reload the page.',
    );
  }
}

function takeOpened(message: Extract<FromWorker, { kind: 'opened' }>): void {
  if (message.song !== song) return;
  setGiven(true);
  music = message.music;
  clicks.setBeats(music.beats, music.beatInBar);
  counted = 'file';
  title = message.title || title || 'A dance';
  player.loadSilent(music.duration);
  progress = 1;
  view?.showSong(music);
  view?.set(Setting.progress, 1);
  view?.text(ViewText.backend, message.model);
  choices.takeSections(music.sections);
  showTitle(title);
  dom.embedLink.textContent = `${title} · Terpsi`;
  dom.facts.textContent = `${Math.round(music.duration)} seconds${music.tempo > 0 ? `, ${music.tempo.toFixed(1)} beats per minute` : ''}`;
  dom.position.max = String(music.duration);
  choices.show();
  playWhenReady = !wanted?.bare && !calm.matches;
}

/** To the address without a shared dance, once that has left the stage; the way back shows it again. */
function leaveShared(): void {
  if (!wanted || location.href === base) return;
  history.pushState(null, '', base);
  window.addEventListener('popstate', () => location.reload(), { once: true });
}

// ---- The server ------------------------------------------------------------------------------------------------

const share = new Share(server, {
  dance: (named) => maker.bytesOf((id) => ({ kind: 'file', request: id, format: 'dance', title: named, dancer: 0 })),
  key: () => `${song} ${danceShown} ${choices.settings.mirror}`,
  title: () => title,
  opened: () => (shared ? { id: shared, ...addressesOf(base, shared) } : null),
  announce,
});

const highQuality = new HighQuality(server, {
  request: async () => {
    const heard = await maker.bytesOf((id) => ({ kind: 'musicJson', request: id }));
    const { style, seed, energy, variation, sectionStyles } = choices.settings;
    const options = JSON.stringify({ style, seed: String(seed), energy, variation, section_styles: sectionStyles });
    return `{"music":${new TextDecoder().decode(heard)},${options.slice(1)}`;
  },
  take: async (bytes, madeBy) => {
    const before = dance;
    dance += 1;
    const mine = dance;
    try {
      await maker.ask(
        (id) => ({ kind: 'take', request: id, dance: mine, bytes, mirror: choices.settings.mirror }),
        [bytes.buffer],
      );
    } catch (error) {
      if (dance === mine) dance = before;
      throw error;
    }
    view?.text(ViewText.backend, madeBy);
    dom.facts.textContent = `${dom.facts.textContent ?? ''}, high quality by ${madeBy}`;
  },
  announce,
});

// ---- Live ------------------------------------------------------------------------------------------------------

const live = new Live({
  base,
  announce,
  wake,
  wantDance: () => {
    // A dance to a song of even beats that nobody hears; played back so that its beats meet those heard.
    song += 1;
    dance += 1;
    maker.send({ kind: 'steady', song, tempo: live.tempo });
  },
  left: (why) => {
    view?.set(Setting.calm, 0);
    view?.set(Setting.playing, false);
    if (choices.troupe.dancers > 1) maker.send({ kind: 'troupe', troupe: choices.troupe });
    welcome();
    if (!why) return;
    showNotice(why);
    announce(why);
  },
});

function openLive(): void {
  welcome();
  hideNotice();
  maker.send({ kind: 'troupe', troupe: { ...choices.troupe, dancers: 1 } });
  showState('live');
  showTitle('Live');
  live.choose();
  wake();
}

/** The even song is there: dance to it. */
function danceForLive(message: Extract<FromWorker, { kind: 'music' }>): void {
  if (message.song !== song) return;
  dance += 1;
  maker.send({
    kind: 'dance',
    dance,
    settings: { ...choices.settings, style: live.style, sectionStyles: '', variation: 0, mirror: false },
  });
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
  maker.send({ kind: 'demo', song: mine });
}

// ---- Dances ----------------------------------------------------------------------------------------------------

function startDance(): void {
  if (!music || given) return;
  highQuality.cancel();
  dance += 1;
  if (engine) view?.text(ViewText.backend, engine.label);
  setSaves(false);
  progress = 0;
  view?.set(Setting.progress, 0);
  choices.show();
  maker.send({ kind: 'dance', dance, settings: { ...choices.settings } });
  wake();
}

function setTroupe(change: Partial<TroupeSettings>): void {
  if (choices.setTroupe(change)) {
    const { troupe } = choices;
    maker.send({ kind: 'troupe', troupe });
    announce(troupe.dancers > 1 ? `${troupe.dancers} dancers, ${troupe.formation}` : 'One dancer');
  }
  wake();
}

function setSectionStyle(where: number, style: string): void {
  const said = choices.setSectionStyle(where, style);
  if (!said) return;
  announce(said);
  startDance();
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
  choices.takeSections(music.sections);
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
    setSaves(true);
  }
  if (playWhenReady) {
    playWhenReady = false;
    void play();
  }
  wake();
}

function regenerate(change: Partial<DanceSettings>): void {
  choices.change(change);
  startDance();
}

function cancelDance(): void {
  maker.send({ kind: 'cancel', everything: true });
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
  showPlay(player.playing);
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
  choices.change({ mirror: on });
  maker.send({ kind: 'mirror', mirror: on });
  wake();
}

/** Hears the song again, with or without the beat network; later songs are heard so, too. */
function setListening(listening: Listening): void {
  dom.listening.value = listening;
  maker.send({ kind: 'listening', listening, song: music ? song : 0 });
}

function setClick(on: boolean): void {
  clicks.on = on;
  if (on) void player.unlock();
  view?.set(Setting.click, on);
  dom.click.checked = on;
  wake();
}

function setTrails(on: boolean): void {
  view?.set(Setting.trails, on);
  dom.trails.checked = on;
  wake();
}

function home(): void {
  view?.home();
  wake();
}

function turn(factor: number): void {
  view?.turn(0, 0, factor);
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
      regenerate({ style: choices.styles[value] ?? 'auto' });
      break;
    case Command.energy:
      regenerate({ energy: value });
      break;
    case Command.variation:
      regenerate({ variation: value });
      break;
    case Command.sectionStyle:
      setSectionStyle(where, value > 0 ? (choices.styles[value] ?? '') : '');
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
    const old =
      (message.about === 'song' && message.id !== song) || (message.about === 'dance' && message.id !== dance);
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
    case 'file': // goes to whoever asked
      break;
    case 'page':
      showNotice(message.message);
      break;
  }
}

function takeMessage(message: FromWorker): void {
  switch (message.kind) {
    case 'ready':
      choices.takeStyles(message.styles.map(({ name }) => name));
      live.fillStyles(message.styles);
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
      if (message.remember) remember(REMEMBER, message.remember);
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
    case 'opened':
      takeOpened(message);
      break;
    case 'error':
      takeError(message);
      break;
    case 'file':
    case 'array':
    case 'taken':
      break; // answers go to whoever asked
  }
}

// ---- Input -----------------------------------------------------------------------------------------------------

/** BVH: a file for each dancer, "song-1.bvh" the lead. Dance files hold the lead only. */
async function download(format: 'bvh' | 'dance'): Promise<void> {
  try {
    const files = format === 'bvh' ? dancersShown : 1;
    for (let dancer = 0; dancer < files; ++dancer) {
      const answer = await maker.ask((id) => ({ kind: 'file', request: id, format, title, dancer }));
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
  if (!file) return;
  leaveShared();
  void openFile(file);
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
  dom.newSong.addEventListener('click', () => {
    welcome();
    leaveShared();
  });
  dom.embedPlay.addEventListener('click', togglePlay);
  dom.noticeClose.addEventListener('click', hideNotice);
  dom.saveBvh.addEventListener('click', () => void download('bvh'));
  dom.saveDance.addEventListener('click', () => void download('dance'));
  dom.home.addEventListener('click', home);
}

const KEYS: Record<string, () => void> = {
  ' ': togglePlay,
  ArrowLeft: () => seek(player.heard() - 5),
  ArrowRight: () => seek(player.heard() + 5),
  ArrowUp: () => turn(1.1),
  ArrowDown: () => turn(1 / 1.1),
  Home: home,
  f: () =>
    void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(
      () => undefined,
    ),
  l: () => setLoop({ on: !player.loop.on }),
  m: () => setMirror(!choices.settings.mirror),
  t: () => setTrails(!dom.trails.checked),
  c: () => setClick(!clicks.on),
};
for (let n = 1; n <= MAX_DANCERS; ++n) KEYS[n] = () => setTroupe({ dancers: n });

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
    sections: () => choices.sections.map((section) => ({ ...section })),
    troupe: () => ({ ...choices.troupe }),
    playing: () => player.playing,
    frames: () => framesShown,
    firstFrames: () => firstFrames,
    progress: () => progress,
    dance: () => danceShown,
    engine: () => engine?.label ?? '',
    settings: () => ({ ...choices.settings }),
    styles: () => [...choices.styles],
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
    danceJoints: (dancer = 0) => maker.arrayOf((id) => ({ kind: 'joints', request: id, dancer })),
    features: () => maker.arrayOf((id) => ({ kind: 'features', request: id })),
  }),
});

/** Once the stage is drawn and the worker is up, and the page has nothing better to do. */
function warmUp(): void {
  if (wanted) return; // came to look
  setTimeout(() => maker.send({ kind: 'warm' }), 300);
}

async function start(): Promise<void> {
  document.body.dataset['began'] = '';
  if (wanted) showState('opening');
  if (wanted?.bare) showBare(addressesOf(base, wanted.dance).url);
  listenToDom();
  listenToKeys(KEYS);
  listenToTwins(
    obey,
    () => choices.styles,
    () => choices.showSectionStyle(),
  );
  if (!wanted?.bare) listenToDrops(takeFiles);
  maker.send({
    kind: 'start',
    base,
    force: forcedBackend(),
    remembered: recall(REMEMBER),
    viewer: wanted?.bare ?? false,
  });
  if (!wanted?.bare) void offerServer();
  view = await View.open(base, '#stage');
  if (!view) {
    showNotice('This browser cannot draw the stage: it needs WebGL 2. Try a current Firefox, Chrome, Edge or Safari.');
    return;
  }
  view.listen(dom.stage, wake);
  view.set(Setting.bare, wanted?.bare ?? false);
  view.set(Setting.reducedMotion, calm.matches);
  calm.addEventListener('change', () => view?.set(Setting.reducedMotion, calm.matches));
  view.set(Setting.panelOpen, window.innerWidth >= 760);
  choices.takeView(view);
  const sizes = new ResizeObserver(resize);
  sizes.observe(dom.stage);
  sizes.observe(dom.bar);
  window.addEventListener('resize', resize);
  dom.stage.addEventListener('webglcontextlost', () => showNotice('The graphics driver restarted. Reload the page.'));
  resize();
  if (choices.styles.length > 0) warmUp();
  if (wanted) await openShared(wanted.dance);
}

/** Shows what needs a server, where there is one. */
async function offerServer(): Promise<void> {
  const info = await server.info();
  share.offer(info?.dances ?? null);
  highQuality.offer(info);
}

start().catch(() => showNotice('The stage could not be loaded. Reload the page.'));
