// The page's wiring: makes its parts, hands the worker's reports to them, and starts.

import { Controls } from './controls';
import { Dance } from './dance';
import { bufferFrom } from './decode';
import { POSE_FLOATS, Setting, ViewText } from './generated/abi';
import { HighQuality } from './high_quality';
import { listenToDrops } from './input';
import { Live } from './live';
import { recall, remember } from './memory';
import {
  announce,
  dom,
  enableSaves,
  fillSaves,
  hideNotice,
  showBare,
  showNotice,
  showState,
  showStep,
  showTitle,
} from './page';
import { Playback } from './playback';
import type { Backend, Heard, Poses, Report } from './protocol';
import { Server } from './server';
import { Share } from './share';
import { addressesOf, wantedDance } from './shared_page';
import { Song } from './song';
import { Stage } from './stage';
import { exposeToTests } from './test_hook';
import { Timings } from './timings';
import type { View } from './view';
import { WorkerClient } from './worker_client';

const REMEMBER = 'terpsi.engine';
const base = new URL('./', document.baseURI).href;
const wanted = wantedDance();
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const server = new Server(base);
const worker = new WorkerClient(take, () =>
  showNotice('The part of the page that listens and dances could not start. Reload the page.'),
);
const timings = new Timings();
const stage = new Stage(draw);
const playback = new Playback(stage);
const dance = new Dance(stage, worker, playback, timings, {
  danceable: () => song.music !== null && !song.given,
  begins: () => highQuality.cancel(),
  whole: setSaves,
});
const song: Song = new Song(stage, worker, playback, dance, timings, {
  begins: () => live.close(''),
  leaves: () => {
    highQuality.cancel();
    setSaves(false);
  },
  autoplay: () => !wanted?.bare && !calm.matches,
});
const controls = new Controls(stage, playback, song, dance);
const { choices } = dance;
let heardAtDraw = 0; // the audio clock when the last picture was drawn, seconds

/** Whether there is a whole dance to save, to share, and a song for the larger model. */
function setSaves(whole: boolean): void {
  enableSaves(whole);
  share.enabled = whole;
  highQuality.enabled = whole && !song.given;
}

function draw(view: View, now: number): boolean {
  if (live.active) {
    const { time, calm: standing, pulse } = live.draw(now);
    view.set(Setting.calm, standing);
    view.set(Setting.playing, pulse);
    return view.frame(time, now) || live.listening;
  }
  const { player } = playback;
  heardAtDraw = player.heard();
  const again = view.frame(player.drawn(now), now);
  view.poll(controls.dispatch);
  return again || player.playing;
}

// ---- The server ------------------------------------------------------------------------------------------------

const share = new Share(server, {
  dance: (title) => worker.ask({ kind: 'file', format: 'dance', title, dancer: 0 }),
  key: () => `${song.number} ${dance.shown} ${choices.settings.mirror}`,
  title: () => song.title,
  opened: () => (song.shared ? { id: song.shared, ...addressesOf(base, song.shared) } : null),
  announce,
});

const highQuality = new HighQuality(server, {
  request: async () => {
    const music = await worker.ask({ kind: 'musicJson' });
    const { style, seed, energy, variation, sectionStyles } = choices.settings;
    const options = JSON.stringify({ style, seed: String(seed), energy, variation, section_styles: sectionStyles });
    return `{"music":${new TextDecoder().decode(music)},${options.slice(1)}`;
  },
  take: async (bytes, madeBy) => {
    const before = dance.number;
    const mine = dance.next();
    try {
      await worker.ask({ kind: 'take', dance: mine, bytes, mirror: choices.settings.mirror }, [bytes.buffer]);
    } catch (error) {
      if (dance.number === mine) dance.number = before;
      throw error;
    }
    stage.text(ViewText.backend, madeBy);
    dom.facts.textContent = `${dom.facts.textContent ?? ''}, high quality by ${madeBy}`;
  },
  announce,
});

/** Shows what needs a server, where there is one. */
async function offerServer(): Promise<void> {
  const info = await server.info();
  share.offer(info?.dances ?? null);
  highQuality.offer(info);
}

// ---- Live ------------------------------------------------------------------------------------------------------

const live = new Live({
  base,
  announce,
  wake: () => stage.wake(),
  wantDance: () => worker.send({ kind: 'steady', song: song.next(), tempo: live.tempo }),
  left: (why) => {
    stage.set(Setting.calm, 0);
    stage.set(Setting.playing, false);
    if (choices.troupe.dancers > 1) worker.send({ kind: 'troupe', troupe: choices.troupe });
    song.welcome();
    if (!why) return;
    showNotice(why);
    announce(why);
  },
});

function openLive(): void {
  song.welcome();
  hideNotice();
  worker.send({ kind: 'troupe', troupe: { ...choices.troupe, dancers: 1 } });
  showState('live');
  showTitle('Live');
  live.choose();
  stage.wake();
}

/** The steady song is there: dance to it. */
function danceForLive(message: Heard): void {
  if (message.song !== song.number) return;
  const settings = { ...choices.settings, style: live.style, sectionStyles: '', variation: 0, mirror: false };
  worker.send({ kind: 'dance', dance: dance.next(), settings });
}

function takeLivePoses({ dance: number, progress, dancers, poses }: Poses): void {
  if (number !== dance.number || progress < 1 || dancers !== 1) return;
  const round = live.takeDance(poses);
  if (!round) {
    live.close('The dance is too short to go on and on. Choose another style.');
    return;
  }
  stage.view?.showPoses(round.poses, 1, round.poses.length / POSE_FLOATS);
  stage.wake();
}

// ---- Reports of the worker -------------------------------------------------------------------------------------

function takeDownload(bytes: number, all: number): void {
  const mega = (n: number): string => (n / 1e6).toFixed(1);
  const done = bytes >= all && all > 0;
  showStep('download', done ? 'done' : 'doing', `${mega(bytes)} of ${mega(all)} MB`, all > 0 ? bytes / all : null);
}

function takeError({ about, id, message }: Extract<Report, { kind: 'error' }>): void {
  const old = (about === 'song' && id !== song.number) || (about === 'dance' && id !== dance.number);
  if (old) return;
  if (live.active) {
    live.close(message);
  } else if (about === 'song' || (about === 'dance' && dance.shown === 0)) {
    song.fail(message);
  } else {
    if (about === 'dance') controls.cancel();
    showNotice(message);
  }
}

function take(report: Report): void {
  switch (report.kind) {
    case 'ready':
      choices.takeStyles(report.styles.map(({ name }) => name));
      live.fillStyles(report.styles);
      fillSaves(report.formats, (format) => void dance.download(format, song.title));
      controls.show();
      document.body.dataset['ready'] = 'yes';
      if (stage.view) warmUp();
      break;
    case 'made':
      if (report.song === song.number) song.load(bufferFrom(report.samples, report.rate));
      break;
    case 'music':
      if (live.active) danceForLive(report);
      else song.takeMusic(report);
      break;
    case 'download':
      takeDownload(report.bytes, report.total);
      break;
    case 'engine':
      if (report.remember) remember(REMEMBER, report.remember);
      dance.takeEngine(report.engine);
      break;
    case 'progress':
      dance.takeProgress(report.dance, report.progress);
      break;
    case 'poses':
      if (live.active) takeLivePoses(report);
      else dance.takePoses(report);
      break;
    case 'opened':
      song.takeOpened(report);
      break;
    case 'error':
      takeError(report);
      break;
  }
}

// ---- Input -----------------------------------------------------------------------------------------------------

/** To the address without a shared dance, once that has left the stage; the way back shows it again. */
function leaveShared(): void {
  if (!wanted || location.href === base) return;
  history.pushState(null, '', base);
  window.addEventListener('popstate', () => location.reload(), { once: true });
}

function takeFiles(files: FileList | null | undefined): void {
  const file = files?.[0];
  if (!file) return;
  leaveShared();
  void song.openFile(file);
}

function listenToDom(): void {
  dom.file.addEventListener('change', () => {
    takeFiles(dom.file.files);
    dom.file.value = '';
  });
  dom.demo.addEventListener('click', () => song.openDemo());
  dom.listen.addEventListener('click', openLive);
  dom.cancel.addEventListener('click', () => {
    announce('Cancelled');
    song.welcome();
  });
  dom.newSong.addEventListener('click', () => {
    song.welcome();
    leaveShared();
  });
  dom.embedPlay.addEventListener('click', () => controls.toggle());
  dom.noticeClose.addEventListener('click', hideNotice);
  dom.home.addEventListener('click', () => controls.home());
  if (!wanted?.bare) listenToDrops(takeFiles);
}

// ---- Start -----------------------------------------------------------------------------------------------------

function forcedBackend(): Backend | null {
  const name = new URLSearchParams(location.search).get('backend');
  return name === 'webgpu' || name === 'wasm' ? name : null;
}

/** Once the stage is drawn and the worker is up, and the page has nothing better to do. */
function warmUp(): void {
  if (wanted) return; // came to look
  setTimeout(() => worker.send({ kind: 'warm' }), 300);
}

async function start(): Promise<void> {
  const bare = wanted?.bare ?? false;
  document.body.dataset['began'] = '';
  if (wanted) showState('opening');
  if (wanted && bare) showBare(addressesOf(base, wanted.dance).url);
  listenToDom();
  worker.send({ kind: 'start', base, force: forcedBackend(), remembered: recall(REMEMBER), viewer: bare });
  if (!bare) void offerServer();
  if (!(await stage.open(base))) {
    showNotice('This browser cannot draw the stage: it needs WebGL 2. Try a current Firefox, Chrome, Edge or Safari.');
    return;
  }
  stage.set(Setting.bare, bare);
  stage.set(Setting.reducedMotion, calm.matches);
  calm.addEventListener('change', () => stage.set(Setting.reducedMotion, calm.matches));
  stage.set(Setting.panelOpen, window.innerWidth >= 760);
  controls.show();
  dom.stage.addEventListener('webglcontextlost', () => showNotice('The graphics driver restarted. Reload the page.'));
  stage.fill();
  if (choices.styles.length > 0) warmUp();
  if (wanted) await song.openShared(server, wanted.dance);
}

exposeToTests({ worker, stage, playback, song, dance, live, timings, heardAtDraw: () => heardAtDraw });
start().catch(() => showNotice('The stage could not be loaded. Reload the page.'));
