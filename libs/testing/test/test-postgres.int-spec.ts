import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataSource, openPgDatabase } from '#libs/database';
import { waitFor } from '../../../test/harness/wait-for.js';
import { createTestDatabase } from '../src/test-postgres.js';

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const database = openPgDatabase(await openDataSource({ url, poolSize: 1 }));
  try {
    return await database.query<Row>(sql);
  } finally {
    await database.close();
  }
}

async function firstOutput(child: ChildProcess): Promise<string> {
  const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return text.toString().trim();
}

describe('a test database', () => {
  it('is empty, its own, and gone when it is dropped, even in use', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(other.url);
    await ask(one.url, 'create table mine ()');
    expect(await ask(other.url, "select to_regclass('mine') as found")).toEqual([{ found: null }]);

    const user = openPgDatabase(await openDataSource({ url: one.url, poolSize: 1 }));
    await one.drop();
    await user.close();
    await expect(ask(one.url, 'select 1')).rejects.toThrow('does not exist');
    await other.drop();
  });
});

describe('the PostgreSQL of a Jest run', () => {
  const setup = new URL('../../../test/global-setup.mjs', import.meta.url).href;
  const program = `await (await import('${setup}')).default();
    console.log(process.env.PARLEY_TEST_POSTGRES_URL);
    setInterval(() => undefined, 1000);`;
  let folder: string;
  let run: ChildProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-run-'));
    await chmod(folder, 0o711);
    const env = { PATH: process.env['PATH'], TMPDIR: folder };
    run = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  });
  afterEach(async () => {
    run.kill('SIGKILL');
    await waitFor('PostgreSQL to be gone', async () => (await readdir(folder)).length === 0);
    await rm(folder, { recursive: true });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends, with its data, when the run ends by %s', async (signal) => {
    const url = await firstOutput(run);
    expect(await ask(url, `select current_setting('max_connections')::int >= 100 as enough`)).toEqual([
      { enough: true },
    ]);
    run.kill(signal);
    await waitFor('PostgreSQL to be gone', async () => (await readdir(folder)).length === 0);
    await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  });
});
