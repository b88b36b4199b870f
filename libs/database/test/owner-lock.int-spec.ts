import { utimesSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireOwnerLock, type OwnerLock } from '../src/embedded/owner-lock.js';
import { findProcess } from '../src/embedded/running-process.js';
import { cleanUp, ended, makeFolder, run, startForsakenChild, until } from './embedded-owner.js';

afterEach(cleanUp);

async function describeSelf(): Promise<{ pid: number; processStartTime: string; scope: string }> {
  const folder = await makeFolder();
  const lock = await acquireOwnerLock(folder);
  const text = await readFile(join(folder, 'parley.lock'), 'utf8');
  await lock.release();
  return JSON.parse(text) as { pid: number; processStartTime: string; scope: string };
}

async function writeLock(owner: object): Promise<string> {
  const folder = await makeFolder();
  await writeFile(join(folder, 'parley.lock'), JSON.stringify(owner));
  return folder;
}

async function expectFree(folder: string): Promise<void> {
  await (await acquireOwnerLock(folder)).release();
  expect(await readdir(folder)).toEqual([]);
}

describe('the owner of a folder', () => {
  it('holds its lock until it lets go', async () => {
    const folder = await makeFolder();
    const lock = await acquireOwnerLock(folder);
    await expect(acquireOwnerLock(folder)).rejects.toThrow(`process ${String(process.pid)} holds it`);
    await lock.release();
    await expectFree(folder);
  });

  it('is not the process that has its pid today', async () => {
    const folder = await writeLock({ ...(await describeSelf()), processStartTime: '1' });
    await expectFree(folder);
  });

  it('is dead when it is a zombie', async () => {
    const self = await describeSelf();
    const pid = await startForsakenChild();
    const processStartTime = (await findProcess(pid))?.startTime;
    const folder = await writeLock({ ...self, pid, processStartTime });
    await expect(acquireOwnerLock(folder)).rejects.toThrow(`process ${String(pid)} holds it`);
    process.kill(pid, 'SIGKILL');
    await until(async () => (await findProcess(pid)) === undefined);
    await expectFree(folder);
  });

  it('of an unreadable lock is nobody', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'parley.lock'), '');
    await expectFree(folder);
  });

  it('is replaced by exactly one of many when it is dead', async () => {
    const dead = run('/bin/sh', ['-c', 'exit 0']);
    await ended(dead);
    const folder = await writeLock({ ...(await describeSelf()), pid: dead.pid });
    const locks: OwnerLock[] = [];
    const tries = Array.from({ length: 12 }, async () => locks.push(await acquireOwnerLock(folder)));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await locks[0]?.release();
    await expectFree(folder);
  });

  it('in another container lives as long as it touches its lock', async () => {
    const folder = await writeLock({ ...(await describeSelf()), scope: 'another boot and container' });
    const path = join(folder, 'parley.lock');
    const heart = setInterval(() => {
      utimesSync(path, new Date(), new Date());
    }, 200);
    try {
      await expect(acquireOwnerLock(folder)).rejects.toThrow('already running');
    } finally {
      clearInterval(heart);
    }
    await expectFree(folder);
  });
});
