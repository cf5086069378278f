import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isForPage } from '../../web/src/page_models';
import { manifest, models } from './support';

describe('networks for the page', () => {
  it('are flagged; manifests without flags have roles', () => {
    expect(['student', 'teacher', 'gan', 'listener', 'zoo'].filter((role) => isForPage({ role }))).toEqual([
      'student',
      'listener',
    ]);
    expect(isForPage({ role: 'teacher', page: true })).toBe(true);
    expect(isForPage({ role: 'student', page: false })).toBe(false);
  });

  it('are the student and the listener', () => {
    type Listed = { name: string; role: string; page?: boolean };
    const all = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8')) as {
      models: Listed[];
      listeners: Listed[];
    };
    expect([...all.models, ...all.listeners].filter(isForPage).map((m) => m.name)).toEqual(['student', 'listener']);
    expect(manifest()).toContain('"page":true');
  });
});
