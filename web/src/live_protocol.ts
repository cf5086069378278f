// Messages between the live page, its listener (a worker of its own) and the tap on the sound (an audio worklet).

/** From the tap to the listener: sound that was just heard. */
export interface Block {
  samples: Float32Array; // mono
  frame: number; // number of the first sample, counted by the audio clock
}

export type ToListener =
  | { kind: 'start'; base: string }
  | { kind: 'listen'; rate: number; port: MessagePort } // Blocks come through the port
  | { kind: 'stop' };

/** Times are seconds of the audio clock. */
export interface Heard {
  heard: number; // until when the sound is analysed
  level: number; // root mean square
  pulse: boolean;
  confidence: number; // 0 to 1
  tempo: number; // beats per minute, 0 = none yet
  beat: number; // the next
  period: number; // seconds
  place: number; // of the next beat in its bar, 0 = not known
  beatsPerBar: number;
  barConfidence: number;
  load: number; // seconds of work per second of sound
}

export type FromListener = { kind: 'ready' } | { kind: 'heard'; heard: Heard } | { kind: 'error'; message: string };
