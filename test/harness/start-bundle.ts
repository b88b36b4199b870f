import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killFamily, sendSignal } from './process-tree.js';
import { waitFor } from './wait-for.js';

/** What only tests start; built by tools/setup/build-test-entries.mjs. */
const testBundles = new Set(['faulty']);
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 20_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One built app as a process of its own, as a user would start it. */
export interface StartedProcess {
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
  /** All of stdout and stderr so far. */
  output(): string;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, and wait for the end. */
  stop(): Promise<Exit>;
  /** SIGKILL to it and everything that it started; does not wait. */
  killAll(): void;
  /** By IPC, to a program that listens there. */
  post(message: object): void;
  /** What it has said by IPC. */
  readonly said: readonly unknown[];
}

export interface Unready {
  readonly exit: Exit;
  readonly output: string;
}

interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  output(): string;
}

const running = new Map<number, Promise<Exit>>();

// The last net: jest itself was interrupted. Everything else is stopped by the suite that started it.
process.on('exit', () => {
  for (const pid of running.keys()) killFamily(pid);
});

/** Ends everything that this suite started and that still runs, whatever state it is in. */
export async function killStarted(): Promise<void> {
  const ends = [...running.values()];
  for (const pid of running.keys()) killFamily(pid);
  await Promise.all(ends);
}

/** Where the apps lie that were built of what is here. */
export const ourBundles = fileURLToPath(new URL('../../dist/bundles', import.meta.url));
const testOnly = fileURLToPath(new URL('../../.cache/test-bundles', import.meta.url));

function folderOf(name: string): string {
  return testBundles.has(name) ? testOnly : ourBundles;
}

/** Starts the bundle `<name>.mjs` with this environment only, and waits until it says that it is ready. */
export async function startBundle(
  name: string,
  env: NodeJS.ProcessEnv,
  folder = folderOf(name),
): Promise<StartedProcess> {
  const launched = launch(name, { env, folder });
  const { child, pid, exited, output } = launched;
  let url: string | undefined;
  let ended = false;
  const said: unknown[] = [];
  child.on('message', (message) => {
    said.push(message);
    url ??= readyUrl(message);
  });
  void exited.then(() => {
    ended = true;
  });
  await waitFor(`${name} to be ready`, () => url !== undefined || ended, READY_WITHIN_MS).catch((error: unknown) => {
    killFamily(pid);
    throw new Error(`${String(error)}\n${output()}`);
  });
  if (url === undefined)
    throw new Error(`${name} ended before it was ready: ${JSON.stringify(await exited)}\n${output()}`);
  const killAll = (): void => {
    killFamily(pid);
  };
  const post = (message: object): void => {
    child.send(message);
  };
  return { pid, url, exited, output, killAll, post, said, stop: () => stop(name, launched) };
}

/** Starts an app that is expected to refuse, or a command, and waits for its end. */
export async function startInVain(
  name: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
  folder = folderOf(name),
): Promise<Unready> {
  const launched = launch(name, { env, args, folder });
  return { exit: await endOf(name, launched), output: launched.output() };
}

interface Start {
  readonly env: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  readonly folder: string;
}

function launch(name: string, { env, args = [], folder }: Start): Launched {
  const path = join(folder, `${name}.mjs`);
  if (!existsSync(path)) throw new Error(`${path} is not there. Build it with: node tools/setup.mjs --test`);
  const child = fork(path, args, {
    env: { ...plainEnvironment(), ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} could not be started`);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = once(child, 'close').then(([code, signal]) => {
    running.delete(pid);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  running.set(pid, exited);
  return { child, pid, exited, output: () => Buffer.concat(chunks).toString('utf8') };
}

/** Nothing of the caller's settings reaches the product, only what any program needs. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG }).filter(([, value]) => value !== undefined));
}

async function stop(name: string, launched: Launched): Promise<Exit> {
  sendSignal(launched.pid, 'SIGTERM');
  return endOf(name, launched);
}

async function endOf(name: string, { pid, exited, output }: Launched): Promise<Exit> {
  let exit: Exit | undefined;
  void exited.then((ended) => {
    exit = ended;
  });
  return waitFor(`${name} to end`, () => exit, STOP_WITHIN_MS).catch((error: unknown) => {
    killFamily(pid);
    throw new Error(`${String(error)}\n${output()}`);
  });
}

function readyUrl(message: unknown): string | undefined {
  const isReady = typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
  return isReady && 'url' in message && typeof message.url === 'string' ? message.url : undefined;
}
