/// <reference types="vitest/config" />
// The page: sources in src/, WebAssembly modules from CMake in public/wasm/. ONNX Runtime Web is copied to ort/, the
// networks made for the page to models/.

import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { extname, join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { defineConfig, type Connect, type Plugin } from 'vite';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const ortFolder = resolve(here, 'node_modules/onnxruntime-web/dist');
const modelsFolder = resolve(here, '../models');
const cacheFolder = resolve(here, 'node_modules/.cache/terpsi-brotli');

/** What the page loads of ONNX Runtime Web: CPU, and WebGPU. */
const ORT_FILES = [
  'ort.wasm.bundle.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort.webgpu.bundle.min.mjs',
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];

const TYPES: Record<string, string> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.onnx': 'application/octet-stream',
};

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

function folder(prefix: string, path: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const name = (request.url ?? '').split('?')[0] ?? '';
    if (!name.startsWith(prefix)) return next();
    const file = decodeURIComponent(name.slice(prefix.length));
    const full = join(path, file);
    if (!/^[\w.-]+$/.test(file) || !existsSync(full)) return next();
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', statSync(full).size);
    createReadStream(full).pipe(response);
  };
}

interface ListedModel {
  page: boolean;
  file: string;
  card: string;
}

/** What the page needs of models/: the networks made for it, and a manifest that lists nothing else. */
function modelsForPage(): Map<string, Buffer> {
  const manifest = JSON.parse(readFileSync(join(modelsFolder, 'manifest.json'), 'utf8')) as {
    manifest_version: number;
    models: ListedModel[];
    listeners?: ListedModel[];
  };
  const models = manifest.models.filter(({ page }) => page);
  const listeners = (manifest.listeners ?? []).filter(({ page }) => page);
  if (models.length === 0) throw new Error('models/manifest.json lists no dance model for the page');
  const listed = JSON.stringify({ manifest_version: manifest.manifest_version, models, listeners });
  const files = new Map([['manifest.json', Buffer.from(listed)]]);
  for (const { file, card } of [...models, ...listeners]) {
    for (const name of [file, card]) if (name) files.set(name, readFileSync(join(modelsFolder, name)));
  }
  return files;
}

/** Serves ort/ and models/ while developing, copies ort/ and the page's models when building. */
function runtimeFiles(): Plugin {
  const serve = (middlewares: Connect.Server): void => {
    middlewares.use(folder('/ort/', ortFolder));
    middlewares.use(folder('/models/', modelsFolder));
  };
  return {
    name: 'terpsi-runtime-files',
    configureServer: (server) => serve(server.middlewares),
    configurePreviewServer: (server) => serve(server.middlewares),
    generateBundle() {
      for (const name of ORT_FILES) {
        this.emitFile({ type: 'asset', fileName: `ort/${name}`, source: readFileSync(join(ortFolder, name)) });
      }
      for (const [name, source] of modelsForPage())
        this.emitFile({ type: 'asset', fileName: `models/${name}`, source });
    },
  };
}

/** Brotli beside every text and wasm file of the result; the server hands it out. Slow work is kept by content. */
function brotli(): Plugin {
  const compress = (path: string): void => {
    const data = readFileSync(path);
    const quality = data.length > 2e6 ? 9 : 11;
    const key = join(cacheFolder, `${createHash('sha256').update(data).digest('hex')}-${quality}`);
    if (!existsSync(key)) {
      mkdirSync(cacheFolder, { recursive: true });
      writeFileSync(
        key,
        brotliCompressSync(data, {
          params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
        }),
      );
    }
    writeFileSync(`${path}.br`, readFileSync(key));
  };
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const full = join(path, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (/\.(js|mjs|css|html|svg|json|wasm)$/.test(entry.name)) compress(full);
    }
  };
  return {
    name: 'terpsi-brotli',
    apply: 'build',
    closeBundle: { sequential: true, handler: () => walk(resolve(here, 'dist')) },
  };
}

export default defineConfig({
  base: './',
  plugins: [runtimeFiles(), brotli()],
  server: { headers: ISOLATION, fs: { allow: [resolve(here, '..')] } },
  preview: { headers: ISOLATION },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
  test: {
    root: resolve(here, '..'),
    include: ['tests/web/**/*.test.ts'],
    globals: true,
    setupFiles: ['tests/web/home.setup.ts'],
    alias: {
      vitest: resolve(here, 'node_modules/vitest/dist/index.js'),
      'playwright-core': resolve(here, 'node_modules/playwright-core/index.mjs'),
      'onnxruntime-web': resolve(here, 'node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'),
    },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
