import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../harness/free-port.js';
import { killFamily } from '../harness/process-tree.js';
import { waitFor } from '../harness/wait-for.js';
import { readDockerfile } from './read-dockerfile.js';

export const image = readDockerfile('Dockerfile');

const READY_WITHIN_MS = 30_000;
const [uid = 0, gid = 0] = image.user.split(':').map(Number);
const running = new Set<number>();
const folders: string[] = [];

process.on('exit', () => {
  for (const pid of running) killFamily(pid);
});

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface Container {
  /** Of its HTTP door. */
  readonly url: string;
  readonly volume: string;
  output(): string;
  /** A command in it, as `docker exec` would start one. */
  exec(...command: string[]): Promise<Ended>;
  /** SIGTERM, and wait for the end. */
  stop(): Promise<Ended>;
}

/** What the image of this app holds, in a folder of its own. */
export async function layOut(app: string): Promise<string> {
  const folder = join(newFolder(), 'app');
  const { code, output } = await layOutInto(folder, app);
  if (code !== 0) throw new Error(output);
  copyFileSync(process.execPath, nodeOf(folder));
  return folder;
}

/** An image has its own. This one may lie below a folder that the image's user cannot enter. */
function nodeOf(app: string): string {
  return join(app, '..', 'node');
}

export async function layOutInVain(app: string): Promise<Ended> {
  return layOutInto(join(newFolder(), 'app'), app);
}

/** Of the build that is there: `setup.mjs --image` would look first whether packages and build are those of this Node. */
function layOutInto(folder: string, app: string): Promise<Ended> {
  const script = `import { layOutImage } from './tools/setup/lay-out-image.mjs'; layOutImage(...process.argv.slice(1));`;
  return ended(spawn(process.execPath, ['--input-type=module', '-e', script, app, folder]));
}

/** Runs a command of the image to its end. */
export function runImage(app: string, command: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return ended(start(app, command, { volume: newVolume(), env: { ...image.env, ...env } }));
}

/** Starts what the image starts, and waits until it is ready. */
export async function startImage(app: string, env: NodeJS.ProcessEnv): Promise<Container> {
  const volume = newVolume();
  const port = String(await freePort());
  const own = { ...image.env, HOST: '127.0.0.1', PORT: port, METRICS_PORT: '0', PARLEY_HOME: volume, ...env };
  const child = start(app, image.command, { volume, env: own });
  const end = ended(child);
  const url = `http://127.0.0.1:${port}`;
  const output = collected(child);
  await waitFor(`${app} to be ready`, async () => (await fetch(`${url}/health/ready`)).ok, READY_WITHIN_MS).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${output()}`);
    },
  );
  return {
    url,
    volume,
    output,
    exec: (...command) => ended(start(app, command, { volume, env: own })),
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
  };
}

export async function removeContainers(): Promise<void> {
  for (const pid of running) killFamily(pid);
  await waitFor('all to be gone', () => running.size === 0);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

interface Place {
  readonly volume: string;
  readonly env: NodeJS.ProcessEnv;
}

function start(app: string, [program = '', ...args]: readonly string[], { volume, env }: Place): ChildProcess {
  const command = [program === 'node' ? nodeOf(app) : program, ...args];
  const [first = '', ...rest] = isContained ? [...container(volume), ...command] : command;
  return spawn(first, rest, { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** No root, no capability, and nothing on this machine can be written to but the volume. */
function container(volume: string): [string, ...string[]] {
  const shut = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"';
  const person = [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  return ['unshare', '--mount', '--propagation=private', 'sh', '-c', shut, volume, ...person];
}

/** Only root may make one, and only where the kernel lets it; elsewhere the commands run as whoever runs the tests. */
export const isContained = ((): boolean => {
  const [program, ...args] = container(newVolume());
  return spawnSync(program, [...args, 'true']).status === 0;
})();

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-image-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

function newVolume(): string {
  const volume = join(newFolder(), 'volume');
  mkdirSync(volume, { mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(volume, uid, gid);
  return volume;
}

function collected(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

async function ended(child: ChildProcess): Promise<Ended> {
  const output = collected(child);
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const [code] = (await once(child, 'close')) as [number | null];
  if (pid !== undefined) running.delete(pid);
  return { code, output: output() };
}
