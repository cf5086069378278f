// Before each test file: an empty home in a temporary folder for everything that the tests start; afterwards it must
// still be empty, so that no test can write among a user's dances.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'terpsi-home-'));
const home = join(folder, 'home');
mkdirSync(home);
process.env['HOME'] = home;
for (const name of ['DATA', 'CONFIG', 'STATE']) process.env[`XDG_${name}_HOME`] = join(home, name);
process.env['XDG_CACHE_HOME'] = join(folder, 'cache'); // ONNX Runtime keeps a database there
for (const name of ['TERPSI_DATA_FOLDER', 'STATE_DIRECTORY']) delete process.env[name];

afterAll(() => {
  const written = readdirSync(home, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  expect(written, 'written into the home folder').toEqual([]);
});
