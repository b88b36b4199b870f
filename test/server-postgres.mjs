// A PostgreSQL server as a distribution packages it (Debian: /usr/lib/postgresql/<major>), for a run of the suites on DATABASE_URL.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.mjs';

const packages = '/usr/lib/postgresql';
const startWithinMs = 20_000;

/** Undefined: this machine has none. */
export function findServerPrograms() {
  const majors = existsSync(packages) ? readdirSync(packages).filter((name) => /^\d+$/.test(name)) : [];
  const newest = majors.toSorted((a, b) => Number(b) - Number(a))[0];
  const programs = join(packages, newest ?? '', 'bin');
  return newest !== undefined && existsSync(join(programs, 'initdb')) ? { programs, major: newest } : undefined;
}

/** `{url, stop}`; everything of it is gone after `stop`. Nothing of these data has to outlive a power cut. */
export async function startServerPostgres({ programs }) {
  const account = accountOf('postgres');
  const directory = mkdtempSync(join(tmpdir(), 'parley-server-'));
  if (account.uid !== undefined) chownSync(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  const password = randomBytes(18).toString('hex');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password);
  if (account.uid !== undefined) chownSync(passwordFile, account.uid, account.gid);
  const access = ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const initdb = ['-D', data, '-U', 'parley', ...access, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), initdb, {
    ...account,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [port] = await freePorts(1);
  const settings = ['fsync=off', 'max_connections=120', 'shared_buffers=64MB', 'listen_addresses=127.0.0.1'];
  const args = ['-D', data, '-p', String(port), '-k', '', ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(programs, 'postgres'), args, {
    ...account,
    cwd: directory,
    stdio: 'ignore',
    detached: true,
  });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', () => server.kill('SIGQUIT'));
  await untilReady(server, data).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url: `postgres://parley:${password}@127.0.0.1:${String(port)}/postgres`, stop };
}

/** PostgreSQL refuses uid 0: root lends it the account of its package. */
function accountOf(name) {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined) throw new Error(`There is no account ${name} for PostgreSQL to run as.`);
  return { uid: Number(uid), gid: Number(gid) };
}

/** The last line of the server's own file says when it takes connections. */
async function untilReady(server, data) {
  const until = performance.now() + startWithinMs;
  while (!/\nready\s*$/.test(readIfThere(join(data, 'postmaster.pid')))) {
    if (server.exitCode !== null || performance.now() > until) throw new Error('PostgreSQL did not start.');
    await delay(50);
  }
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
