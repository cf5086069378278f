// Says whether two builds of the core module make the same dances. Usage, after tools/build.sh wasm:
//   node tools/bench/same_dances.mjs FOLDER [FOLDER]
// FOLDER holds terpsi_core.js and .wasm. The student dances the demo song in every case of CASES; what comes out (dance
// file, poses of all dancers, BVH of the last) is printed as SHA-256. With two folders the exit code is 1 when any
// differs.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = new URL('../../', import.meta.url).pathname;
const ort = await import(join(root, 'web/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'));
const { CoreArray, MOTION_DIMS } = { CoreArray: { poses: 6 }, MOTION_DIMS: 151 }; // wasm/core_abi.h

const PLAIN = { style: 'hiphop', sections: '', energy: 0.5, variation: 0.3, seed: 1, mirror: 0, troupe: [1, 0, 2] };
const CASES = [
  {},
  { seed: 2 },
  { seed: 3 },
  { style: 'auto' },
  { style: 'house', energy: 0.9, mirror: 1 },
  { style: 'modern', sections: 'C=house', variation: 0.8 },
  { seed: 2, troupe: [3, 2, 1.5] },
  { seed: 3, mirror: 1, troupe: [4, 1, 3] },
];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function withText(module, text, use) {
  const size = module.lengthBytesUTF8(text) + 1;
  const at = module._malloc(size);
  module.stringToUTF8(text, at, size);
  const result = use(at, size - 1);
  module._free(at);
  return result;
}

/** Builds from before core_export have a function per format. */
function save(module, extension, dancer) {
  return withText(module, 'Demo', (title) => {
    if (module._core_export) return withText(module, extension, (name) => module._core_export(name, title, dancer));
    return extension === 'bvh' ? module._core_write_bvh(dancer) : module._core_write_dance(title);
  });
}

async function openCore(folder) {
  const { default: factory } = await import(pathToFileURL(join(resolve(folder), 'terpsi_core.js')).href);
  return factory({ wasmBinary: readFileSync(join(folder, 'terpsi_core.wasm')) });
}

/** The tensors of core_step, copied. */
function inputs(module, masked) {
  const step = module._core_step() >> 2;
  const field = (i) => module.HEAP32[step + i];
  const [batch, window, columns] = [field(0), field(1), field(2)];
  const floats = (i, ...shape) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return new ort.Tensor('float32', module.HEAPF32.slice(field(i) >> 2, (field(i) >> 2) + size), shape);
  };
  const phrase = module.HEAP32.slice(field(6) >> 2, (field(6) >> 2) + batch * window);
  return {
    x: floats(3, batch, window, MOTION_DIMS),
    t: floats(4, batch),
    cond: floats(5, batch, window, columns),
    phrase: new ort.Tensor('int32', phrase, [batch, window]),
    ...(masked && { mask: floats(7, batch, window, MOTION_DIMS) }),
  };
}

async function run(folder) {
  const module = await openCore(folder);
  const check = (ok) => {
    if (!ok) throw new Error(module.UTF8ToString(module._core_error()));
  };
  const bytes = () => {
    const at = module._core_bytes();
    return module.HEAPU8.slice(at, at + module._core_bytes_size());
  };
  const manifest = readFileSync(join(root, 'models/manifest.json'), 'utf8');
  const model = JSON.parse(manifest).models.find(({ role }) => role === 'student');
  const session = await ort.InferenceSession.create(readFileSync(join(root, 'models', model.file)));
  check(withText(module, manifest, (at, size) => module._core_load_manifest(at, size)));
  check(withText(module, model.name, (at) => module._core_choose_model(at)));
  check(module._core_demo_song());
  check(module._core_hear());
  check(module._core_count(0));
  const lines = [];
  for (const options of CASES) {
    const { style, sections, energy, variation, seed, mirror, troupe } = { ...PLAIN, ...options };
    check(module._core_set_troupe(...troupe));
    check(
      withText(module, style, (s) =>
        withText(module, sections, (p) => module._core_begin(s, p, energy, variation, seed, 0)),
      ),
    );
    while (module._core_next()) {
      const { x1 } = await session.run(inputs(module, 'mask' in model.inputs));
      module.HEAPF32.set(await x1.getData(), module._core_result() >> 2);
      check(module._core_feed());
    }
    check(module._core_update(mirror));
    const poses = module._core_array(CoreArray.poses);
    const motion = module.HEAPU8.slice(poses, poses + 4 * module._core_array_size(CoreArray.poses));
    check(save(module, 'dance', 0));
    const dance = bytes();
    check(save(module, 'bvh', troupe[0] - 1));
    lines.push(
      `${sha256(dance)} ${sha256(motion)} ${sha256(bytes())} ${dance.length} bytes ${JSON.stringify(options)}`,
    );
  }
  return lines;
}

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const folders = process.argv.slice(2);
const results = [];
for (const folder of folders) {
  results.push(await run(folder));
  console.log(`${folder}\n${results.at(-1).join('\n')}`);
}
const different = CASES.filter((_, i) => results.some((lines) => lines[i] !== results[0][i]));
if (folders.length > 1) console.log(`${CASES.length - different.length} of ${CASES.length} the same`);
process.exitCode = different.length > 0 ? 1 : 0;
