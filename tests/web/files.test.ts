// What is refused before it is unpacked, and how weights are checked.
import { createHash } from 'node:crypto';
import { checkFile, SongError } from '../../web/src/decode';
import { hardwareWebGpu, threadCount } from '../../web/src/engine';
import { readAll, sha256 } from '../../web/src/model_store';

describe('checkFile', () => {
  it('refuses empty, huge, long and unknowable files with a sentence', () => {
    expect(() => checkFile(0, 10)).toThrow(/empty/);
    expect(() => checkFile(300e6, 10)).toThrow(/192 MB/);
    expect(() => checkFile(20e6, 20 * 60)).toThrow(/20 minutes.*15 minutes/);
    expect(() => checkFile(100e6, null)).toThrow(SongError);
  });
  it('takes ordinary songs', () => {
    expect(() => checkFile(8e6, 200)).not.toThrow();
    expect(() => checkFile(8e6, null)).not.toThrow();
    expect(() => checkFile(150e6, 15 * 60)).not.toThrow();
  });
});

describe('readAll', () => {
  const stream = (...parts: number[][]): Response =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(new Uint8Array(part));
          controller.close();
        },
      }),
    );
  it('stops when more comes than was promised', async () => {
    await expect(readAll(stream([1, 2, 3], [4, 5]), 4, () => undefined)).rejects.toThrow(/more than/);
  });
  it('joins the parts and counts honestly', async () => {
    const seen: number[] = [];
    const bytes = await readAll(stream([1, 2, 3], [4, 5]), 5, (n) => seen.push(n));
    expect([...bytes]).toEqual([1, 2, 3, 4, 5]);
    expect(seen).toEqual([3, 5]);
  });
});

it('sha256 agrees with an independent implementation', async () => {
  const bytes = new Uint8Array(1000).map((_, i) => (i * 7) & 255);
  expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
});

describe('engines', () => {
  const gpu = (vendor: string, description: string): GPU =>
    ({
      requestAdapter: async () => ({ info: { vendor, architecture: '', device: '', description } }),
    }) as unknown as GPU;
  it('refuses software adapters unless forced', async () => {
    expect(await hardwareWebGpu(undefined, true)).toBe(false);
    expect(await hardwareWebGpu(gpu('google', 'SwiftShader'), false)).toBe(false);
    expect(await hardwareWebGpu(gpu('google', 'SwiftShader'), true)).toBe(true);
    expect(await hardwareWebGpu(gpu('nvidia', 'NVIDIA'), false)).toBe(true);
    const broken = { requestAdapter: () => Promise.reject(new Error('no')) } as unknown as GPU;
    expect(await hardwareWebGpu(broken, false)).toBe(false);
  });
  it('uses threads only in an isolated page', () => {
    expect(threadCount(false, 8)).toBe(1);
    expect(threadCount(true, 1)).toBe(1);
    expect(threadCount(true, 2)).toBe(2);
    expect(threadCount(true, 64)).toBe(4);
  });
});
