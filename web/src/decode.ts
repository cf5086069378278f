// From a file the viewer chose to samples. Bounded: what is too big or too long is refused before it is unpacked.

export const MAX_FILE_BYTES = 192 * 1024 * 1024; // limits::kMaxAudioFileBytes
export const MAX_SECONDS = 15 * 60; // limits::kMaxAudioSeconds
export const MAX_MIDI_BYTES = 16 * 1024 * 1024; // limits::kMaxMidiBytes
export const MAX_DANCE_BYTES = 4 * 1024 * 1024; // limits::kMaxDanceFileBytes
const DECODE_RATE = 44100; // Hz; the core resamples
const UNKNOWN_LENGTH_BYTES = 64 * 1024 * 1024; // limit for files whose length cannot be read from their head

/** A problem with the file that the viewer can act on; its message is shown as it is. */
export class SongError extends Error {}

/** Length in seconds by the browser's own player, or null when it cannot. Reads only the head of the file. */
export function probeSeconds(file: Blob, patience = 4000): Promise<number | null> {
  return new Promise((resolve) => {
    const audio = new Audio();
    const url = URL.createObjectURL(file);
    const done = (seconds: number | null): void => {
      clearTimeout(timer);
      audio.removeAttribute('src');
      audio.load();
      URL.revokeObjectURL(url);
      resolve(seconds);
    };
    const timer = setTimeout(() => done(null), patience);
    audio.preload = 'metadata';
    audio.onloadedmetadata = () => done(Number.isFinite(audio.duration) ? audio.duration : null);
    audio.onerror = () => done(null);
    audio.src = url;
  });
}

/** Throws a SongError when the file cannot be a song we take; `seconds` is null when the length is not known. */
export function checkFile(size: number, seconds: number | null): void {
  if (size === 0) throw new SongError('This file is empty. Choose another one.');
  if (size > MAX_FILE_BYTES)
    throw new SongError('This file is larger than 192 MB. Choose a shorter or compressed song.');
  if (seconds !== null && seconds > MAX_SECONDS + 0.5) {
    throw new SongError(
      `This song lasts ${Math.round(seconds / 60)} minutes. The longest that can be danced is 15 minutes.`,
    );
  }
  if (seconds === null && size > UNKNOWN_LENGTH_BYTES) {
    throw new SongError('The length of this file cannot be determined. Convert it to MP3, FLAC or Ogg and try again.');
  }
}

/** Mean of the channels. */
export function toMono(buffer: AudioBuffer): Float32Array {
  const mono = new Float32Array(buffer.length);
  const share = 1 / buffer.numberOfChannels;
  for (let c = 0; c < buffer.numberOfChannels; ++c) {
    const channel = buffer.getChannelData(c);
    for (let i = 0; i < mono.length; ++i) mono[i] = (mono[i] ?? 0) + (channel[i] ?? 0) * share;
  }
  return mono;
}

/** The bytes of a MIDI file, recognised by its first ones; null when it is something else. */
export async function midiBytes(file: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  const head = new TextDecoder('latin1').decode(await file.slice(0, 12).arrayBuffer());
  if (!head.startsWith('MThd') && !(head.startsWith('RIFF') && head.startsWith('RMID', 8))) return null;
  if (file.size > MAX_MIDI_BYTES) throw new SongError('This MIDI file is larger than 16 MB. Choose a smaller one.');
  return new Uint8Array(await file.arrayBuffer());
}

/** The bytes of a dance file, recognised by its first ones or its name; null when it is something else. */
export async function danceBytes(file: File): Promise<Uint8Array<ArrayBuffer> | null> {
  const head = new TextDecoder('latin1').decode(await file.slice(0, 4).arrayBuffer());
  if (head !== 'TDNC' && !/\.dance$/i.test(file.name)) return null;
  if (file.size > MAX_DANCE_BYTES) throw new SongError('This dance file is larger than 4 MB. Choose a smaller one.');
  return new Uint8Array(await file.arrayBuffer());
}

export async function decodeFile(file: File): Promise<AudioBuffer> {
  checkFile(file.size, 0);
  const seconds = await probeSeconds(file);
  checkFile(file.size, seconds);
  const bytes = await file.arrayBuffer();
  const context = new OfflineAudioContext(1, 1, DECODE_RATE);
  let buffer: AudioBuffer;
  try {
    buffer = await context.decodeAudioData(bytes);
  } catch {
    throw new SongError(
      'This file is not a song that your browser can read. Choose an audio file: MP3, M4A, WAV, FLAC, Ogg or MIDI.',
    );
  }
  checkFile(file.size, buffer.duration);
  return buffer;
}

export function bufferFrom(samples: Float32Array, rate: number): AudioBuffer {
  const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: rate });
  buffer.getChannelData(0).set(samples);
  return buffer;
}
