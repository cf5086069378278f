// Sound that is playing now: a microphone, or a browser tab. It goes to the listener and nowhere else.

import tapUrl from './live_tap.ts?worker&url';

export type Source = 'microphone' | 'tab';

/** Why there is no sound; its message says what to do. */
export class InputError extends Error {}

const NO_TAB_SOUND =
  'This browser cannot share the sound of a tab. Use the microphone, or Chrome or Edge on a computer.';

/** By name of the DOMException: what to do about the microphone, or the tab. */
// biome-ignore format: a row each
const REASONS: [names: string[], sentences: Record<Source, string>][] = [
  [['NotAllowedError', 'SecurityError'], {
    microphone: 'The microphone may not be used. Allow it for this page in the address bar, then try again.',
    tab: 'No tab was shared. Choose a tab and tick “Share tab audio”, then try again.' }],
  [['NotFoundError', 'OverconstrainedError'], {
    microphone: 'There is no microphone. Connect one, or use the sound of a tab.',
    tab: 'There is nothing to share. Open the music in a tab, then try again.' }],
  [['NotReadableError', 'AbortError'], {
    microphone: 'The microphone is used by another program. Close that, then try again.',
    tab: 'This tab could not be heard. Choose another one.' }],
  [['NotSupportedError', 'TypeError'], {
    microphone: 'This browser cannot use a microphone here.',
    tab: NO_TAB_SOUND }],
];
const OTHERWISE: Record<Source, string> = {
  microphone: 'The microphone could not be opened. Check it, then try again.',
  tab: 'The tab could not be heard. Try again.',
};

function whyNot(error: unknown, source: Source): InputError {
  const name = error instanceof DOMException ? error.name : '';
  const known = REASONS.find(([names]) => names.includes(name));
  return new InputError((known?.[1] ?? OTHERWISE)[source]);
}

async function ask(source: Source): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices)
    throw new InputError(
      'The browser gives sound only to pages opened through https or on this computer (localhost). Open this page that way.',
    );
  // Processing meant for speech degrades music.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  if (source === 'microphone') return devices.getUserMedia({ audio: { ...plain, channelCount: { ideal: 1 } } });
  if (typeof devices.getDisplayMedia !== 'function') throw new InputError(NO_TAB_SOUND);
  const stream = await devices.getDisplayMedia({ audio: plain, video: true });
  for (const track of stream.getVideoTracks()) track.stop(); // only the sound is wanted
  if (stream.getAudioTracks().length > 0) return stream;
  throw new InputError('That was shared without sound. Choose a tab and tick “Share tab audio”.');
}

export class LiveInput {
  private constructor(
    readonly context: AudioContext,
    private readonly stream: MediaStream,
    private readonly tap: AudioWorkletNode,
    readonly latency: number, // seconds that the device says sound takes to get here; 0 = it does not say
  ) {}

  /** Errors: InputError. `context` was made during a press of a button; `port` takes the blocks. */
  static async open(source: Source, context: AudioContext, port: MessagePort, onEnd: () => void): Promise<LiveInput> {
    let stream: MediaStream | null = null;
    try {
      stream = await ask(source);
      const track = stream.getAudioTracks()[0]!;
      await context.audioWorklet.addModule(tapUrl);
      if (context.state !== 'running') await context.resume();
      const node = context.createMediaStreamSource(new MediaStream([track]));
      const tap = new AudioWorkletNode(context, 'live-tap', { numberOfInputs: 1, numberOfOutputs: 1 });
      tap.port.postMessage({ port }, [port]);
      node.connect(tap);
      tap.connect(context.destination); // silent; keeps the tap running in every browser
      track.addEventListener('ended', onEnd);
      const { latency } = track.getSettings() as MediaTrackSettings & { latency?: number };
      return new LiveInput(
        context,
        stream,
        tap,
        source === 'microphone' && latency !== undefined && latency > 0 && latency < 1 ? latency : 0,
      );
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      throw error instanceof InputError ? error : whyNot(error, source);
    }
  }

  close(): void {
    this.tap.port.postMessage({});
    this.tap.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }
}
