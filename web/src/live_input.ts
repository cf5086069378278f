// Sound that is playing now: a microphone, or a browser tab. It goes to the listener and nowhere else.

import tapUrl from './live_tap.ts?worker&url';

export type Source = 'microphone' | 'tab';

/** Why there is no sound; its message says what to do. */
export class InputError extends Error {}

function whyNot(error: unknown, source: Source): InputError {
  const name = error instanceof DOMException ? error.name : '';
  const microphone = source === 'microphone';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new InputError(
        microphone
          ? 'The microphone may not be used. Allow it for this page in the address bar, then try again.'
          : 'No tab was shared. Choose a tab and tick “Share tab audio”, then try again.',
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new InputError(
        microphone
          ? 'There is no microphone. Connect one, or use the sound of a tab.'
          : 'There is nothing to share. Open the music in a tab, then try again.',
      );
    case 'NotReadableError':
    case 'AbortError':
      return new InputError(
        microphone
          ? 'The microphone is used by another program. Close that, then try again.'
          : 'This tab could not be heard. Choose another one.',
      );
    case 'NotSupportedError':
    case 'TypeError':
      return new InputError(
        microphone
          ? 'This browser cannot use a microphone here.'
          : 'This browser cannot share the sound of a tab. Use the microphone, or Chrome or Edge on a computer.',
      );
    default:
      return new InputError(
        microphone
          ? 'The microphone could not be opened. Check it, then try again.'
          : 'The tab could not be heard. Try again.',
      );
  }
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
  if (typeof devices.getDisplayMedia !== 'function') {
    throw new InputError(
      'This browser cannot share the sound of a tab. Use the microphone, or Chrome or Edge on a computer.',
    );
  }
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
