import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './file-system.js';
import { openServerLog } from './server-log.js';
import { shutDown } from './shut-down.js';
import type { Account } from './system-account.js';

/** What is needed to run a program of PostgreSQL: where it lies, and as whom it runs if not as ourselves. */
export interface Programs {
  readonly folder: string;
  readonly account?: Account;
  /** Beside what every program gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running PostgreSQL server that is our child. */
export interface Postmaster {
  readonly port: number;
  /** Byte position in the server log at which this run begins. */
  readonly logStart: number;
  /** Resolves to the reason in words. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface ServerSettings {
  readonly cluster: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Before ours. */
  readonly serverSettings?: Readonly<Record<string, string>>;
}

/** Starts a program of PostgreSQL, never through a shell, and with none of our environment: it holds secrets. */
export function spawnProgram(programs: Programs, name: string, args: string[], stdio: StdioOptions): ChildProcess {
  return spawn(join(programs.folder, name), args, {
    ...programs.account,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', ...programs.environment },
    // Ctrl-C reaches our whole process group; PostgreSQL has to outlive the application, which still writes.
    detached: true,
    stdio,
  });
}

/** Resolves to the reason in words, rejects when the program could not be started at all. */
export function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(explainSpawnError(child.spawnfile, cause));
    });
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${String(code)}`);
    });
  });
}

function explainSpawnError(file: string, cause: Error): Error {
  const reasons: Record<string, string> = {
    ENOENT: 'This machine cannot run it (it needs glibc, which Alpine Linux does not have).',
    EPERM: 'As root, Parley runs it as another account, and this machine does not allow that.',
    EINVAL: 'As root, Parley runs it as another account, and this machine does not know that account.',
  };
  const reason = reasons[errorCode(cause) ?? ''] ?? cause.message;
  return new Error(`${file} could not be started. ${reason} DATABASE_URL can name a PostgreSQL server instead.`, {
    cause,
  });
}

export async function launchPostmaster(programs: Programs, settings: ServerSettings): Promise<Postmaster> {
  const log = await openServerLog(settings.cluster, programs.account);
  const logStart = (await log.stat()).size;
  const child = spawnProgram(programs, 'postgres', serverArguments(settings), ['ignore', log.fd, log.fd]);
  const exited = waitForExit(child);
  exited.catch(() => undefined);
  await log.close();
  const endsWithin = (milliseconds: number): Promise<boolean> => endsInTime(exited, milliseconds);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    await shutDown({ send: (signal) => child.kill(signal), endsWithin });
  };
  return { port: settings.port, logStart, exited, stop };
}

async function endsInTime(exited: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const patience = new AbortController();
  const outcome = await Promise.race([
    exited.then(() => true),
    sleep(milliseconds, false, { signal: patience.signal }).catch(() => false),
  ]);
  patience.abort();
  return outcome;
}

function serverArguments({ cluster, port, maxConnections, serverSettings = {} }: ServerSettings): string[] {
  const settings = {
    max_connections: maxConnections,
    // One process of ours beside it on a small machine, no replicas.
    shared_buffers: '32MB',
    io_method: 'sync',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    // Parallel queries take shared memory that containers limit to 64 MB.
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    // Keeps starts, stops and trouble; failed statements reach the caller and may hold people's words.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    lc_messages: 'C',
    // Recovery begins by flushing every file: one call instead of a thousand (2.5 s to 0.4 s on a busy machine).
    ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
    ...serverSettings,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
  // No Unix socket: its path may have only 107 bytes.
  return ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', '', ...options];
}
