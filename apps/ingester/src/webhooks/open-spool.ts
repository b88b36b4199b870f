import { EventEmitter } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { acquireOwnerLock, type OwnerLock } from '#libs/database';
import type { Logger } from '#libs/observability';
import { openFileQueue, type FileQueue, type QueueTrouble } from '#libs/spool';

export interface SpoolOptions {
  readonly directory: string;
  /** 0: off. What lies there is drained all the same. */
  readonly maxBytes: number;
}

/** Provides this process's one spool. */
export const SPOOL = Symbol('SPOOL');

/** The spool's files and the lock on them, for the life of the process; null queue: there is none. */
export interface OpenSpool {
  readonly queue: FileQueue | null;
  /** `put` after each try to put something, `empty` when the log has everything. */
  readonly bell: EventEmitter<{ put: []; empty: [] }>;
  close(): Promise<void>;
}

const advice =
  'Stop that process first, or give this one a folder of its own with PARLEY_SPOOL_DIR: each ingester has one.';

async function isThere(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => true,
    () => false,
  );
}

function tell(logger: Logger, { kind, ...trouble }: QueueTrouble): void {
  if (kind === 'torn')
    logger.warn(trouble, 'the last record of the spool was cut off: it was never finished, so nobody was answered 200');
  else
    logger.error(
      trouble,
      'a part of the spool cannot be read and was set aside: webhooks in it were answered 200 and are not in Parley. Check the disk, and keep the file',
    );
}

export async function openSpool({ directory, maxBytes }: SpoolOptions, logger: Logger): Promise<OpenSpool> {
  const bell: OpenSpool['bell'] = new EventEmitter();
  // as many as wait for it
  bell.setMaxListeners(0);
  if (maxBytes === 0 && !(await isThere(directory))) return { queue: null, bell, close: () => Promise.resolve() };
  let lock: OwnerLock | undefined;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    lock = await acquireOwnerLock(directory, advice);
    const queue = await openFileQueue({
      directory,
      maxBytes,
      onTrouble: (trouble) => {
        tell(logger, trouble);
      },
    });
    const held = lock;
    return {
      queue,
      bell,
      close: async () => {
        await queue.close();
        await held.release();
      },
    };
  } catch (error) {
    await lock?.release();
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The spool cannot be used: ${words} It is PARLEY_SPOOL_DIR (${directory}); PARLEY_SPOOL_MAX_MB=0 turns it off.`,
      { cause: error },
    );
  }
}
