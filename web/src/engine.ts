// ONNX Runtime Web behind one small interface: picks WebGPU or WebAssembly, runs one network.

import type * as Ort from 'onnxruntime-web';
import type { Step } from './core';
import { MOTION_DIMS } from './generated/abi';
import type { Backend, EngineInfo } from './protocol';

export interface Engine {
  info: EngineInfo;
  /** batch x window x MOTION_DIMS, the clean motion that the network predicts. */
  run(step: Step): Promise<Float32Array>;
  release(): Promise<void>;
}

type OrtModule = typeof Ort;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;

/** Threads that ORT may use here: several only in a cross-origin isolated page. */
export function threadCount(isolated: boolean, cores: number): number {
  return isolated ? Math.max(1, Math.min(4, cores)) : 1;
}

/** True when the page may use this machine's WebGPU: there is an adapter, and it is not a software one. */
export async function hardwareWebGpu(gpu: GPU | undefined, acceptSoftware: boolean): Promise<boolean> {
  if (!gpu) return false;
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return false;
    if (acceptSoftware) return true;
    const info = adapter.info;
    const fallback = (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
    return !fallback && !SOFTWARE.test(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`);
  } catch {
    return false;
  }
}

export async function importOrt(base: string, backend: Backend): Promise<OrtModule> {
  const folder = new URL('ort/', base).href;
  const file = backend === 'webgpu' ? 'ort.webgpu.bundle.min.mjs' : 'ort.wasm.bundle.min.mjs';
  const ort = (await import(/* @vite-ignore */ folder + file)) as OrtModule;
  ort.env.wasm.wasmPaths = folder;
  ort.env.wasm.numThreads = threadCount(self.crossOriginIsolated, navigator.hardwareConcurrency || 1);
  ort.env.wasm.proxy = false;
  ort.env.logLevel = 'error';
  return ort;
}

export async function openEngine(base: string, backend: Backend, model: Uint8Array): Promise<Engine> {
  const ort = await importOrt(base, backend);
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [backend],
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    logSeverityLevel: 3, // errors only
    extra: { session: { intra_op: { allow_spinning: '0' } } }, // waiting threads leave the processor to the drawing
  });
  const threads = ort.env.wasm.numThreads ?? 1;
  const label = backend === 'webgpu' ? 'WebGPU' : threads > 1 ? `WebAssembly, ${threads} threads` : 'WebAssembly';
  return {
    info: { backend, threads: backend === 'webgpu' ? 1 : threads, label },
    async run(step) {
      const { batch, window, columns } = step;
      // ORT reads the inputs before it returns, but may grow its own heap meanwhile: hand it copies.
      const inputs = {
        x: new ort.Tensor('float32', step.x.slice(), [batch, window, MOTION_DIMS]),
        t: new ort.Tensor('float32', step.t.slice(), [batch]),
        cond: new ort.Tensor('float32', step.cond.slice(), [batch, window, columns]),
        phrase: new ort.Tensor('int32', step.phrase.slice(), [batch, window]),
        ...(step.mask && { mask: new ort.Tensor('float32', step.mask.slice(), [batch, window, MOTION_DIMS]) }),
      };
      const output = (await session.run(inputs))['x1'];
      if (!output) throw new Error('The dance model has no output x1.');
      const data = (await output.getData()) as Float32Array;
      output.dispose();
      return data;
    },
    release: () => session.release(),
  };
}

/** Milliseconds of one evaluation, the better of two after a warm-up. */
export async function timeEngine(engine: Engine, step: Step): Promise<number> {
  await engine.run(step);
  let best = Infinity;
  for (let i = 0; i < 2; ++i) {
    const start = performance.now();
    await engine.run(step);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

export interface Choice {
  engine: Engine;
  remember: string; // what to store for the next visit: "<model sha256>:<backend>"
}

/**
 * Opens the engine to use. `force` wins; then what was remembered for this model; else both are timed on `step` and the
 * faster one is kept.
 */
export async function chooseEngine(
  base: string,
  model: Uint8Array,
  modelHash: string,
  force: Backend | null,
  remembered: string | null,
  step: Step,
): Promise<Choice> {
  const gpu = typeof navigator === 'undefined' ? undefined : navigator.gpu;
  const kept = remembered?.startsWith(`${modelHash}:`) ? remembered.slice(modelHash.length + 1) : null;
  const done = (engine: Engine): Choice => ({ engine, remember: `${modelHash}:${engine.info.backend}` });
  if (force === 'webgpu') {
    if (!(await hardwareWebGpu(gpu, true)))
      throw new Error('This browser offers no WebGPU here. Remove ?backend=webgpu from the address.');
    return { engine: await openEngine(base, 'webgpu', model), remember: '' };
  }
  if (force === 'wasm') return { engine: await openEngine(base, 'wasm', model), remember: '' };
  if (kept === 'wasm' || !(await hardwareWebGpu(gpu, false))) return done(await openEngine(base, 'wasm', model));
  if (kept === 'webgpu') {
    try {
      return done(await openEngine(base, 'webgpu', model));
    } catch {
      return done(await openEngine(base, 'wasm', model));
    }
  }
  const wasm = await openEngine(base, 'wasm', model);
  try {
    const webgpu = await openEngine(base, 'webgpu', model);
    const slower = (await timeEngine(webgpu, step)) < (await timeEngine(wasm, step)) ? wasm : webgpu;
    await slower.release();
    return done(slower === wasm ? webgpu : wasm);
  } catch {
    return done(wasm);
  }
}
