import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifest, models } from './support';

it('the networks flagged for the page are the student and the listener', () => {
  type Listed = { name: string; page: boolean };
  const all = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8')) as Record<string, Listed[]>;
  const flagged = [...(all['models'] ?? []), ...(all['listeners'] ?? [])].filter(({ page }) => page);
  expect(flagged.map(({ name }) => name)).toEqual(['student', 'listener']);
  expect(manifest()).toContain('"page":true');
});
