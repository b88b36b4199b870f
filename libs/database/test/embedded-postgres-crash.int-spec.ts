import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../src/embedded/running-process.js';
import {
  cleanUp,
  copyHome,
  makePristineHome,
  query,
  serverAccount,
  startForsakenChild,
  startOwner,
  until,
} from './embedded-owner.js';
import type { Owner } from './embedded-owner.js';

let pristine: string;

beforeAll(async () => {
  pristine = await makePristineHome();
});
afterEach(cleanUp);
afterAll(() => rm(pristine, { recursive: true, force: true }));

async function expectKept(home: string): Promise<Owner> {
  const owner = await startOwner(home);
  expect(owner.firstStart).toBe(false);
  expect(await query(owner.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  return owner;
}

async function startAndStore(home: string): Promise<Owner> {
  const owner = await startOwner(home);
  await query(owner.url, 'insert into kept values (42)');
  return owner;
}

/** Ends without clean-up; its pid file stays. */
async function killBoth(owner: Owner): Promise<void> {
  const pid = await owner.postmasterPid();
  await owner.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
}

async function writePid(owner: Owner, pid: number): Promise<void> {
  const path = join(owner.dataDirectory, 'postmaster.pid');
  const [, ...rest] = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, [String(pid), ...rest].join('\n'));
}

/** Of the account of PostgreSQL, which could signal it. */
async function startZombie(): Promise<number> {
  const pid = await startForsakenChild(serverAccount);
  process.kill(pid, 'SIGKILL');
  await until(async () => (await findProcess(pid)) === undefined);
  // It is dead and still answers.
  expect(process.kill(pid, 0)).toBe(true);
  return pid;
}

describe('embedded PostgreSQL after kill -9', () => {
  it('of its owner is stopped and started again by the next one', async () => {
    const home = await copyHome(pristine);
    const killed = await startAndStore(home);
    const orphan = await killed.postmasterPid();
    await killed.kill('SIGKILL');
    expect(await query(killed.url, 'select answer from kept')).toEqual([{ answer: 42 }]);

    const owner = await expectKept(home);
    expect(owner.said).toEqual([
      `Stopping the PostgreSQL (process ${String(orphan)}) that an earlier Parley left running.`,
    ]);
    expect(await findProcess(orphan)).toBeUndefined();
  });

  it('of its owner and itself recovers', async () => {
    const home = await copyHome(pristine);
    await killBoth(await startAndStore(home));
    await expectKept(home);
  });

  it('of itself alone ends the one who owns it, and the next start recovers', async () => {
    const home = await copyHome(pristine);
    const owner = await startAndStore(home);
    process.kill(await owner.postmasterPid(), 'SIGKILL');
    await until(async () => (await findProcess(owner.pid)) === undefined);
    expect(owner.said).toEqual([expect.stringContaining('PostgreSQL ended by itself (SIGKILL)')]);
    await expectKept(home);
  });

  it('starts although its old pid belongs to a stranger by now, whom it leaves alone', async () => {
    const home = await copyHome(pristine);
    const killed = await startAndStore(home);
    await killBoth(killed);
    const stranger = await startForsakenChild(serverAccount);
    await writePid(killed, stranger);
    await expectKept(home);
    expect(await findProcess(stranger)).toBeDefined();
  });

  it('starts although its old pid is a zombie', async () => {
    const home = await copyHome(pristine);
    const killed = await startAndStore(home);
    await killBoth(killed);
    await writePid(killed, await startZombie());
    await expectKept(home);
  });
});
