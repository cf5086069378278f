// Just enough PNG (ISO/IEC 15948) to look at screenshots: 8 bits a channel, RGB or RGBA, not interlaced.

import { inflateSync } from 'node:zlib';

export interface Image {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array; // rows top to bottom
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

export function decodePng(file: Buffer): Image {
  const packed: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at);
    const kind = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + size);
    if (kind === 'IHDR') {
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
      channels = body[9] === 6 ? 4 : 3;
      if (body[8] !== 8 || (body[9] !== 6 && body[9] !== 2) || body[12] !== 0) throw new Error('PNG kind not known');
    } else if (kind === 'IDAT') {
      packed.push(body);
    }
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(packed));
  const row = width * channels;
  const data = new Uint8Array(row * height);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; ++x) {
      const left = x >= channels ? data[y * row + x - channels]! : 0;
      const up = y > 0 ? data[(y - 1) * row + x]! : 0;
      const corner = x >= channels && y > 0 ? data[(y - 1) * row + x - channels]! : 0;
      const guess =
        filter === 1
          ? left
          : filter === 2
            ? up
            : filter === 3
              ? (left + up) >> 1
              : filter === 4
                ? paeth(left, up, corner)
                : 0;
      data[y * row + x] = raw[y * (row + 1) + 1 + x]! + guess;
    }
  }
  return { width, height, channels, data };
}

/** Share of the pixels of which some channel differs by more than `by` (0 to 255). */
export function changed(a: Image, b: Image, by: number): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let count = 0;
  for (let i = 0; i < a.width * a.height; ++i) {
    for (let c = 0; c < 3; ++c) {
      if (Math.abs(a.data[i * a.channels + c]! - b.data[i * b.channels + c]!) > by) {
        count += 1;
        break;
      }
    }
  }
  return count / (a.width * a.height);
}

/** Share of the pixels brighter than `level` in every channel. */
export function bright(a: Image, level: number): number {
  let count = 0;
  for (let i = 0; i < a.width * a.height; ++i) {
    if ([0, 1, 2].every((c) => a.data[i * a.channels + c]! > level)) count += 1;
  }
  return count / (a.width * a.height);
}
