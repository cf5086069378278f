// A test's server keeps what it is given in the test's own folder, never in the user's home.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { models, root, scratch, servePage, terpsi } from './support';

const share = async (url: string): Promise<number> => {
  const body = readFileSync(join(root, 'tests/corpus/dance/good_64_frames.dance'));
  const headers = { 'Content-Type': 'application/octet-stream' };
  return (await fetch(new URL('api/v1/dances', url), { method: 'POST', headers, body: new Uint8Array(body) })).status;
};

it('the home of the tests is temporary and empty', () => {
  expect(homedir().startsWith(tmpdir())).toBe(true);
  expect(readdirSync(homedir())).toEqual([]);
});

describe.skipIf(!existsSync(terpsi))('a dance shared in a test', () => {
  it('lies in the data folder of its server; two servers run side by side', async () => {
    const data = scratch();
    const [one, two] = await Promise.all([servePage({ data: data.path }), servePage()]);
    expect(one.url).not.toBe(two.url);
    expect(await share(one.url)).toBe(201);
    expect(await share(two.url)).toBe(201);
    expect(readdirSync(data.path, { recursive: true }).length).toBeGreaterThan(1);
    expect(readdirSync(homedir())).toEqual([]);
    one.close();
    two.close();
    data.remove();
  });

  it('would be seen in the home: the default data folder lies there', async () => {
    const args = ['serve', '--port', '0', '--web', join(root, 'web/dist'), '--models', models];
    const server = spawn(terpsi, args, { stdio: 'ignore' });
    const ended = new Promise((done) => server.on('exit', done));
    await expect
      .poll(() => readdirSync(homedir(), { recursive: true }).join(), { timeout: 30_000 })
      .toContain('index.sqlite');
    server.kill('SIGTERM');
    await ended;
    for (const name of readdirSync(homedir())) rmSync(join(homedir(), name), { recursive: true });
  });
});
