import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeHome } from './temporary-home.js';

export interface OwnPostgresOptions {
  /** The data of an earlier one. Default: a new home, gone with `removeHomes`. */
  readonly home?: string;
  /** Added to every flush to disk: Linux with a C compiler (test/slow-disk). */
  readonly slowDiskMs?: number;
  readonly maxConnections?: number;
}

/** A PostgreSQL of one suite, with its process beside ours: the same binaries as everywhere, and data that can be copied. */
export interface OwnPostgres {
  readonly home: string;
  readonly url: string;
  readonly dataDirectory: string;
  /** Ends it in good order; its data stay. */
  stop(): Promise<void>;
}

export async function startOwnPostgres(options: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const { home = makeHome(), slowDiskMs = 0, maxConnections = 60 } = options;
  const script = fileURLToPath(new URL('../postgres-owner.mjs', import.meta.url));
  const args = [`--max-connections=${maxConnections}`, `--slow-disk-ms=${slowDiskMs}`];
  const owner = spawn(process.execPath, [script, home, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { url, dataDirectory, error } = await firstAnswer(owner);
  if (url === undefined || dataDirectory === undefined)
    throw new Error(`PostgreSQL did not start on ${home}: ${error ?? 'its owner ended'}`);
  const stop = async (): Promise<void> => {
    if (owner.exitCode !== null || owner.signalCode !== null) return;
    const exited = once(owner, 'exit');
    owner.stdin.end();
    await exited;
  };
  return { home, url, dataDirectory, stop };
}

interface OwnerSays {
  readonly said?: string;
  readonly url?: string;
  readonly dataDirectory?: string;
  readonly error?: string;
}

async function firstAnswer(owner: ChildProcess): Promise<OwnerSays> {
  if (owner.stdout === null) return {};
  const lines = createInterface({ input: owner.stdout });
  for await (const line of lines) {
    const says = JSON.parse(line) as OwnerSays;
    if (says.said === undefined) return says;
  }
  return {};
}
