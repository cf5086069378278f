// What a visitor downloads before the first picture.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { root } from './support';

const BUDGET = 700_000; // bytes, Brotli

it('page, core and view stay small', () => {
  const dist = join(root, 'web/dist');
  const assets = readdirSync(join(dist, 'assets'))
    .filter((name) => /^(index|worker)-.*\.(js|css)$/.test(name))
    .map((name) => `assets/${name}`);
  expect(assets.length).toBeGreaterThanOrEqual(3);
  const first = [
    'index.html',
    ...assets,
    ...['core', 'view'].flatMap((name) => [`wasm/terpsi_${name}.js`, `wasm/terpsi_${name}.wasm`]),
  ];
  let sum = 0;
  for (const name of first) {
    const packed = `${join(dist, name)}.br`;
    expect(brotliDecompressSync(readFileSync(packed)).equals(readFileSync(join(dist, name))), name).toBe(true);
    sum += statSync(packed).size;
  }
  console.log(`first screen: ${(sum / 1000).toFixed(0)} KB in ${first.length} files`);
  expect(sum).toBeLessThan(BUDGET);
});
