import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded/start-embedded-postgres.js';
import { findProcess } from '../src/embedded/running-process.js';
import { findClosedFolder, findNobody, isRoot } from '../src/embedded/system-account.js';
import type { Account } from '../src/embedded/system-account.js';

/** A process of its own that owns an embedded PostgreSQL. */
export interface Owner {
  readonly pid: number;
  readonly url: string;
  readonly firstStart: boolean;
  readonly dataDirectory: string;
  readonly said: readonly string[];
  postmasterPid(): Promise<number>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** As the product stops: everything is let go. */
  stop(): Promise<void>;
}

interface Answer {
  readonly said?: string;
  readonly error?: string;
  readonly url: string;
  readonly firstStart: boolean;
  readonly dataDirectory: string;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(repository, 'test/postgres-owner.mjs');

/** The account that PostgreSQL runs as when we start it. */
export const serverAccount: Account = isRoot()
  ? await findNobody()
  : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };

/** Somebody who is not root, if this machine lets us be one: root's closed clone can be read by root alone. */
export const ordinaryAccount: Account =
  isRoot() && (await findClosedFolder(repository, serverAccount)) !== undefined ? { uid: 0, gid: 0 } : serverAccount;

const folders = new Set<string>();
const children = new Set<ChildProcess>();
const servers = new Map<number, string>();
const startedHere = new Set<EmbeddedPostgres>();

export async function makeFolder(mode = 0o711, owner?: Account): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  folders.add(folder);
  await chmod(folder, mode);
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/** To be deleted at the end of the test. */
export function alsoDelete(folder: string): void {
  folders.add(folder);
}

/** A stopped home with the table `kept` in it; whoever copies it saves the time of an initdb. The caller deletes it. */
export async function makePristineHome(): Promise<string> {
  const home = await makeFolder();
  const owner = await startHere(home);
  await query(owner.url, 'create table kept (answer int)');
  await owner.stop();
  folders.delete(home);
  return home;
}

export async function copyHome(pristine: string): Promise<string> {
  const copy = join(await makeFolder(), 'home');
  await promisify(execFile)('cp', ['-a', pristine, copy]);
  return copy;
}

export function run(command: string, args: string[], account?: Account): ChildProcess {
  const child = spawn(command, args, { ...account, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  children.add(child);
  child.stdin.on('error', () => undefined);
  return child;
}

export async function startOwner(home: string, account?: Account): Promise<Owner> {
  const child = launchOwner(home, account);
  const said: string[] = [];
  const answer = await firstAnswer(child, said);
  const { url, firstStart, dataDirectory } = answer;
  if (dirname(dataDirectory) !== home) folders.add(dirname(dataDirectory));
  const postmasterPid = async (): Promise<number> =>
    parseInt(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
  servers.set(await postmasterPid(), dataDirectory);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended(child);
  };
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    await ended(child);
  };
  return { pid: child.pid ?? -1, url, firstStart, dataDirectory, said, postmasterPid, kill, stop };
}

/** Without a process of its own, for all that does not end by force. */
export async function startHere(home: string): Promise<EmbeddedPostgres & Pick<Owner, 'said'>> {
  const said: string[] = [];
  const postgres = await startEmbeddedPostgres({ home, say: (line) => said.push(line) });
  if (dirname(postgres.dataDirectory) !== home) folders.add(dirname(postgres.dataDirectory));
  startedHere.add(postgres);
  return { ...postgres, said };
}

/** Does not wait for PostgreSQL. */
export function launchOwner(home: string, account?: Account): ChildProcess {
  return run(process.execPath, [script, home], account);
}

async function firstAnswer(child: ChildProcess, said: string[]): Promise<Answer> {
  if (child.stdout === null) throw new Error('The owner has no output.');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.said !== undefined) said.push(answer.said);
      else if (answer.error !== undefined) reject(new Error(answer.error));
      else resolve(answer);
    });
    lines.on('close', () => {
      reject(new Error('The owner ended without an answer.'));
    });
  });
}

export async function ended(child: ChildProcess): Promise<void> {
  await until(() => child.exitCode !== null || child.signalCode !== null);
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await condition());) {
    if (Date.now() > end) throw new Error('It did not happen within 15 s.');
    await sleep(10);
  }
}

export async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** With what it has started in its turn, except servers, which have groups of their own. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? NaN), 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}

/** Prints its pid; nobody asks for its end, so that it stays a zombie once it is killed. */
export async function startForsakenChild(account?: Account): Promise<number> {
  const parent = run('/bin/sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], account);
  const pid = await new Promise<number>((resolve) =>
    parent.stdout?.once('data', (text) => {
      resolve(Number(text));
    }),
  );
  // a shell would still ask for its end
  await until(async () => (await findProcess(parent.pid ?? 0))?.command.startsWith('sleep') ?? false);
  return pid;
}

/** Ends what a test, failed or not, has left: owners, their servers, folders. */
export async function cleanUp(): Promise<void> {
  for (const child of children) {
    killGroup(child);
    await ended(child);
  }
  for (const postgres of startedHere) await postgres.stop();
  for (const [pid, dataDirectory] of servers) {
    const isOurs = async (): Promise<boolean> => (await findProcess(pid))?.command.includes(dataDirectory) ?? false;
    if (await isOurs()) process.kill(pid, 'SIGKILL');
    await until(async () => !(await isOurs()));
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  for (const kept of [children, startedHere, servers, folders]) kept.clear();
}
