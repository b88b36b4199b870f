import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './root.mjs';

const folder = inRoot('.cache');
const file = inRoot('.cache', 'setup.lock');
const heartbeatMs = 1_000;
const abandonedAfterMs = 15_000;
const pollMs = 100;

/** Two `npm start` in one clone: the second waits until the first has installed and built. */
export async function withLock(work) {
  mkdirSync(folder, { recursive: true });
  let hasSaidSo = false;
  while (!tryLock()) {
    if (removeIfAbandoned()) continue;
    if (!hasSaidSo) console.log('Another setup is at work in this folder; waiting for it.');
    hasSaidSo = true;
    await sleep(pollMs);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

function tryLock() {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The owner died here, or (another host or container on the same folder) has not touched its lock for long. */
function removeIfAbandoned() {
  try {
    const silentMs = Date.now() - statSync(file).mtimeMs;
    if (silentMs < abandonedAfterMs && !isOwnerDead()) return false;
    // Renaming lets exactly one of several waiters remove it.
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    rmSync(aside, { force: true });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return true;
    throw error;
  }
}

function isOwnerDead() {
  const owner = readOwner();
  if (owner === undefined || owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function readOwner() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // Just created, not written yet.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
