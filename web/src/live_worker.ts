// The live page's listener: takes blocks of sound, predicts the next beats. A worker of its own, so that it is
// never late because a dance is being made or drawn.

import { LiveField } from './generated/abi';
import type { LiveModule } from './live_module';
import type { Block, FromListener, Heard, ToListener } from './live_protocol';
import { loadModule } from './wasm';

const EVERY = 0.03; // seconds of sound between two answers
let core: LiveModule | null = null;
let port: MessagePort | null = null;
let rate = 0;
let origin = -1; // audio frame of the stream's first sample
let received = 0; // samples
let answered = 0; // samples at the last answer
let load = 0;

function send(message: FromListener): void {
  self.postMessage(message);
}

function push(samples: Float32Array): void {
  if (!core) return;
  const at = core._live_buffer(samples.length);
  if (at === 0) return;
  core.HEAPF32.set(samples, at >> 2);
  core._live_push(samples.length);
  received += samples.length;
}

function state(): Heard {
  const at = (core?._live_state() ?? 0) >> 3;
  const field = (name: LiveField): number => core?.HEAPF64[at + name] ?? 0;
  const start = origin / rate;
  const tempo = field(LiveField.bpm);
  return {
    heard: start + field(LiveField.heard),
    level: field(LiveField.level),
    pulse: field(LiveField.pulse) !== 0,
    confidence: field(LiveField.confidence),
    tempo,
    beat: start + field(LiveField.next),
    period: tempo > 0 ? 60 / tempo : 0,
    place: field(LiveField.beatInBar),
    beatsPerBar: field(LiveField.beatsPerBar),
    barConfidence: field(LiveField.barConfidence),
    load,
  };
}

function take({ samples, frame }: Block): void {
  if (!core) return;
  const began = performance.now();
  if (origin < 0) origin = frame;
  // Blocks that were lost leave silence behind, so that time stays true; after a long gap listening starts anew.
  const missing = frame - origin - received;
  if (missing > rate || missing < 0) {
    core._live_begin(rate);
    origin = frame;
    received = answered = 0;
  } else if (missing > 0) {
    push(new Float32Array(missing));
  }
  push(samples);
  const spent = (performance.now() - began) / 1000;
  load += ((spent * rate) / samples.length - load) * 0.02;
  if (received - answered < EVERY * rate) return;
  answered = received;
  send({ kind: 'heard', heard: state() });
}

function stop(): void {
  if (port) port.onmessage = null;
  port?.close();
  port = null;
}

async function handle(message: ToListener): Promise<void> {
  switch (message.kind) {
    case 'start':
      core = await loadModule<LiveModule>(message.base, 'terpsi_core');
      send({ kind: 'ready' });
      break;
    case 'listen':
      stop();
      rate = message.rate;
      origin = -1;
      received = answered = 0;
      load = 0;
      if (!core || core._live_begin(rate) === 0) {
        send({ kind: 'error', message: `Sound at ${rate} Hz cannot be listened to. Choose another input.` });
        break;
      }
      port = message.port;
      port.onmessage = (event: MessageEvent<Block>) => take(event.data);
      break;
    case 'stop':
      stop();
      break;
  }
}

self.onmessage = (event: MessageEvent<ToListener>) => {
  handle(event.data).catch(() =>
    send({ kind: 'error', message: 'The part of the page that listens could not start. Reload the page.' }),
  );
};
